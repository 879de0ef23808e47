package wire_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// inTask builds a page around the members of one task.
func inTask(json, xml string) (string, string) {
	if json != "" {
		json = `{"Data":{"TaskDetail":[{` + json + `}]}}`
	}
	if xml != "" {
		xml = `<PollTaskResultResponse><Data><TaskDetail>` + xml + `</TaskDetail></Data></PollTaskResultResponse>`
	}
	return json, xml
}

// inPage builds a page from the members of its top level.
func inPage(json, xml string) (string, string) {
	if json != "" {
		json = `{` + json + `}`
	}
	if xml != "" {
		xml = `<PollTaskResultResponse>` + xml + `</PollTaskResultResponse>`
	}
	return json, xml
}

func TestAcceptedTasks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		json, xml string
		want      wire.Task
	}{
		"string as number":      {`"TaskResult":12345`, `<TaskResult>12345</TaskResult>`, wire.Task{TaskResult: "12345"}},
		"string as any number":  {`"TaskResult":-1.50e+3`, `<TaskResult>-1.50e+3</TaskResult>`, wire.Task{TaskResult: "-1.50e+3"}},
		"string as boolean":     {`"TaskNo":true,"TaskResult":false`, `<TaskNo>true</TaskNo><TaskResult>false</TaskResult>`, wire.Task{TaskNo: "true", TaskResult: "false"}},
		"string null or empty":  {`"TaskNo":null,"ErrorMsg":"","TaskResult":"x"`, `<TaskNo/><ErrorMsg></ErrorMsg><TaskResult>x</TaskResult>`, wire.Task{TaskResult: "x"}},
		"text verbatim":         {`"TaskNo":" a\n b ","TaskDetailNo":"\t","ErrorMsg":" a\n b ","FailReason":"\n","TaskResult":"\n1\n"`, "<TaskNo> a\n b </TaskNo><TaskDetailNo>\t</TaskDetailNo><ErrorMsg> a\n b </ErrorMsg><FailReason>\n</FailReason><TaskResult>\n1\n</TaskResult>", wire.Task{TaskNo: " a\n b ", TaskDetailNo: "\t", ErrorMsg: " a\n b ", FailReason: "\n", TaskResult: "\n1\n"}},
		"layout":                {`"TaskNo":"\n a\n b \n","TaskDetailNo":"\r\n\td","TaskType":" \n t\t","InstanceId":"\ni\n","DomainName":"\na.cn","TaskStatus":"\ns ","CreateTime":"\n1","UpdateTime":"\n2"`, "<TaskNo>\n a\n b \n</TaskNo><TaskDetailNo>\r\n\td</TaskDetailNo><TaskType> \n t\t</TaskType><InstanceId>\ni\n</InstanceId><DomainName>\na.cn</DomainName><TaskStatus>\ns </TaskStatus><CreateTime>\n1</CreateTime><UpdateTime>\n2</UpdateTime>", wire.Task{TaskNo: "a\n b", TaskDetailNo: "d", TaskType: "t", InstanceID: "i", DomainName: "a.cn", TaskStatus: "s", CreateTime: "1", UpdateTime: "2"}},
		"nothing but layout":    {`"TaskNo":"\n","TaskResult":"x"`, "<TaskNo>\n </TaskNo><TaskResult>x</TaskResult>", wire.Task{TaskResult: "x"}},
		"empty for any scalar":  {`"TaskNo":{},"ErrorMsg":[],"FailReason":{ },"TaskResult":[ ],"TryCount":{},"TaskStatusCode":[],"TaskType":"t"`, `<TaskNo/><ErrorMsg></ErrorMsg><TaskType>t</TaskType>`, wire.Task{TaskType: "t"}},
		"the same twice":        {`"TaskNo":"a","TaskNo":"a","taskNo":"a","TryCount":1,"TryCount":1`, `<TaskNo>a</TaskNo><TaskNo>a</TaskNo><taskNo>a</taskNo><TryCount>1</TryCount><TryCount>1</TryCount>`, wire.Task{TaskNo: "a", TryCount: 1}},
		"twice, once empty":     {`"TaskNo":"","TaskNo":"a","TaskNo":null,"TASKNO":""`, `<TaskNo/><TaskNo>a</TaskNo><TaskNo></TaskNo><TASKNO/>`, wire.Task{TaskNo: "a"}},
		"exact and empty":       {`"taskNo":"a","TaskNo":null,"tryCount":3,"TryCount":""`, `<taskNo>a</taskNo><TaskNo/><tryCount>3</tryCount><TryCount/>`, wire.Task{TaskNo: "a", TryCount: 3}},
		"control characters":    {"\"TaskNo\":\"a\x00\x01\x0b\x1fb\",\"ErrorMsg\":\"a\nb\tc\"", "<TaskNo>a\x00\x01\x0b\x1fb</TaskNo><ErrorMsg>a\nb\tc</ErrorMsg>", wire.Task{TaskNo: "a\x00\x01\x0b\x1fb", ErrorMsg: "a\nb\tc"}},
		"escaped controls":      {`"TaskNo":"a\u0000\u000b\u001f\ufffe\uffffb"`, "<TaskNo>a&#0;&#11;&#x1f;&#xFFFE;&#xFFFF;b</TaskNo>", wire.Task{TaskNo: "a\x00\x0b\x1f\uFFFE\uFFFFb"}},
		"noncharacters":         {"\"TaskNo\":\"\uFFFE\uFFFF\uFFFD\"", "<TaskNo>\uFFFE\uFFFF\uFFFD</TaskNo>", wire.Task{TaskNo: "\uFFFE\uFFFF\uFFFD"}},
		"no escapes":            {`"TaskNo":"C:\windows\xA\u12\u12G4\'\U0041","ErrorMsg":"\$\"\-"`, "", wire.Task{TaskNo: `C:\windows\xA\u12\u12G4\'\U0041`, ErrorMsg: `\$"\-`}},
		"no digits":             {`"TaskNo":"\u/041\u0:41\u00@1\u004G\u004g\u004/","ErrorMsg":"\u004` + "`" + `"`, "", wire.Task{TaskNo: `\u/041\u0:41\u00@1\u004G\u004g\u004/`, ErrorMsg: "\\u004`"}},
		"every digit":           {`"TaskNo":"\u0123\u4567\u89aB\uCdEF\uabcd"`, "", wire.Task{TaskNo: "\u0123\u4567\u89ab\ucdef\uabcd"}},
		"no references":         {"", `<TaskNo>AT&T & &nbsp;&LT;&lt ;&;&#;&#x;&#X41;&#65 &#6 5;&#xG;&#65a;&#-1;&lt</TaskNo><ErrorMsg>&</ErrorMsg>`, wire.Task{TaskNo: `AT&T & &nbsp;&LT;&lt ;&;&#;&#x;&#X41;&#65 &#6 5;&#xG;&#65a;&#-1;&lt`, ErrorMsg: "&"}},
		"ends of CDATA":         {"", `<TaskNo>a]]>b]]]></TaskNo><ErrorMsg><![CDATA[&nbsp;` + "\x0b" + `]]></ErrorMsg>`, wire.Task{TaskNo: "a]]>b]]]>", ErrorMsg: "&nbsp;\x0b"}},
		"where nothing is kept": {"\"New\":\"\xff\x00\\q\",\"\xff\":1,\"TaskNo\":\"t\"", "<New a='&x; &' b=\"\xff\x00\">\xff\x00&x;]]></New><!--\xff\x00&--><?p \xff\x00?><TaskNo>t</TaskNo>", wire.Task{TaskNo: "t"}},
		"integer as string":     {`"TryCount":" 20\t"`, "<TryCount> 20\n</TryCount>", wire.Task{TryCount: 20}},
		"integer zero fraction": {`"TryCount":20.00`, `<TryCount>20.00</TryCount>`, wire.Task{TryCount: 20}},
		"integer exponent":      {`"TryCount":1e2`, `<TryCount>1E+2</TryCount>`, wire.Task{TryCount: 100}},
		"integer negative":      {`"TryCount":-5`, `<TryCount>-5</TryCount>`, wire.Task{TryCount: -5}},
		"integer null or empty": {`"TryCount":null,"TaskStatusCode":"","TaskNo":"t"`, `<TryCount/><TaskStatusCode> </TaskStatusCode><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"largest 32-bit":        {`"TryCount":2147483647,"TaskStatusCode":"-2147483648"`, `<TryCount>2147483647</TryCount><TaskStatusCode>-2147483648</TaskStatusCode>`, wire.Task{TryCount: math.MaxInt32, TaskStatusCode: math.MinInt32}},
		"other case":            {`"taskno":"a","INSTANCEID":"b","trycount":3`, `<taskno>a</taskno><INSTANCEID>b</INSTANCEID><trycount>3</trycount>`, wire.Task{TaskNo: "a", InstanceID: "b", TryCount: 3}},
		"other case by folding": {`"Taſ\u212aNo":"a"`, `<TaſKNo>a</TaſKNo>`, wire.Task{TaskNo: "a"}},
		"name with escapes":     {`"Task\u004eo":"a","\u0054askResult":"b"`, "", wire.Task{TaskNo: "a", TaskResult: "b"}},
		"unknown of any shape":  {`"A":{"B":[[{}],[]],"C":null},"D":[1,-2.5e1,true,"x\n"],"E":"\ud800","TaskNo":"t"`, `<A b='"' c=">"><B><B/></B> text &amp; <![CDATA[<]]><?p i?><!-- c --></A><D/><D></D><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"known names elsewhere": {`"Code":"c","Data":{"TaskNo":"x"},"Result":[],"TaskNo":"t"`, `<Code>c</Code><Data><TaskNo>x</TaskNo></Data><Result/><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"surrogates":            {`"TaskNo":"\ud83d\ude00"`, "", wire.Task{TaskNo: "😀"}},
		"every escape":          {`"TaskNo":"\"\\\/\b\f\n\r\t\u0041\u00e9\u4FEE\u0000"`, "", wire.Task{TaskNo: "\"\\/\b\f\n\r\tAé修\x00"}},
		"every reference":       {"", `<TaskNo>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x00004fEE;&#13;&#9;&#x10FFFF;</TaskNo>`, wire.Task{TaskNo: "<>&\"'AA修\r\t\U0010FFFF"}},
		"line ends":             {"", "<TaskNo>a\r\nb\rc\r\r\n&#13;\n<![CDATA[d\r\ne\r]]>\n</TaskNo>", wire.Task{TaskNo: "a\nb\nc\n\n\r\nd\ne\n\n"}},
		"CDATA":                 {"", `<TaskNo>a<![CDATA[<b>&amp;]]]]><![CDATA[>]]>c<![CDATA[]]></TaskNo>`, wire.Task{TaskNo: "a<b>&amp;]]>c"}},
		"comment inside text":   {"", `<TaskNo>a<!-- - > < & -->b<?p <x> ?>c</TaskNo><TryCount><!-- -->1<?p?>2</TryCount>`, wire.Task{TaskNo: "abc", TryCount: 12}},
		"angle bracket":         {"", `<TaskNo>a > b ]> ]&#93;> ]]&gt;</TaskNo>`, wire.Task{TaskNo: "a > b ]> ]]> ]]>"}},
		"attributes":            {"", `<TaskNo a="1" b = '&lt;"&#65;' x:c="]]>">t</TaskNo ><TryCount a=""/>`, wire.Task{TaskNo: "t"}},
		"prefixes":              {"", `<a:TaskNo>t</a:TaskNo><TaskResult xmlns="urn:x">r</TaskResult>`, wire.Task{TaskNo: "t", TaskResult: "r"}},
		"between elements":      {"", " \r\n<!-- c --><?p i?><![CDATA[ ]]><TaskNo>t</TaskNo\n>\t<!----><é·x/>", wire.Task{TaskNo: "t"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			json, xml := inTask(test.json, test.xml)
			for _, doc := range []string{json, xml} {
				if doc == "" {
					continue
				}
				got, err := decodePage(doc)
				require.NoError(t, err, doc)
				require.Equal(t, answer{Tasks: []wire.Task{test.want}}, got, doc)
			}
		})
	}
}

// TestNames states which characters beyond ASCII an XML name may begin with, and
// which it may only go on with, at the edges of each range of XML 1.0.
func TestNames(t *testing.T) {
	t.Parallel()
	accepted := func(name string) bool {
		_, doc := inTask("", "<"+name+"/><TaskNo>t</TaskNo>")
		got, err := decodePage(doc)
		if err != nil {
			require.ErrorIs(t, err, wire.ErrSyntax)
			return false
		}
		require.Equal(t, []wire.Task{{TaskNo: "t"}}, got.Tasks)
		return true
	}
	const (
		first = "\u00C0\u00D6\u00D8\u00F6\u00F8\u02FF\u0370\u037D\u037F\u1FFF\u200C\u200D\u2070\u218F\u2C00\u2FEF\u3001\uD7FF\uF900\uFDCF\uFDF0\uFFFC\U00010000\U000EFFFF"
		later = "\u00B7\u0300\u036F\u203F\u2040"
		never = "\u00B6\u00B8\u00BF\u00D7\u00F7\u037E\u200B\u200E\u203E\u2041\u206F\u2190\u2BFF\u2FF0\u3000\uE000\uF8FF\uFDD0\uFDEF\uFFFE\U000F0000"
	)
	for _, r := range first + later + never {
		require.Equal(t, strings.ContainsRune(first, r), accepted(string(r)+"x"), "%U first", r)
		require.Equal(t, !strings.ContainsRune(never, r), accepted("x"+string(r)), "%U later", r)
	}
}

func TestAcceptedPages(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	one := []wire.Task{{TaskNo: "t"}}
	two := []wire.Task{{TaskNo: "t"}, {TaskNo: "u"}}
	for name, test := range map[string]struct {
		json, xml string
		want      answer
	}{
		"proven by Data":           {`"Data":{}`, `<Data/>`, answer{}},
		"proven by TotalItemNum":   {`"TotalItemNum":0`, `<TotalItemNum>0</TotalItemNum>`, answer{}},
		"Data list":                {`"Data":[]`, `<Data></Data>`, answer{}},
		"Data text":                {`"Data":""`, `<Data> </Data>`, answer{}},
		"Data null":                {`"Data":null,"TotalItemNum":0`, "", answer{}},
		"Data of tasks":            {`"Data":[{"TaskNo":"t"},null,{},{"TaskNo":"u"}]`, "", answer{Tasks: two}},
		"Data in two spellings":    {`"data":{},"Data":{"TaskDetail":[{"TaskNo":"t"}]},"DATA":null`, `<data/><Data><TaskDetail><TaskNo>t</TaskNo></TaskDetail></Data><DATA/>`, answer{Tasks: one}},
		"Data twice":               {`"Data":[{"TaskNo":"t"}],"Data":{"TaskDetail":{"TaskNo":"u"}}`, `<Data><TaskDetail><TaskNo>t</TaskNo></TaskDetail></Data><Data><TaskDetail><TaskNo>u</TaskNo></TaskDetail></Data>`, answer{Tasks: two}},
		"TaskDetail twice":         {`"Data":{"TaskDetail":[{"TaskNo":"t"}],"TaskDetail":[{"TaskNo":"u"}]}`, "", answer{Tasks: two}},
		"nothing for a task":       {`"Data":[{"TaskNo":"t"},"",[],null,{},[ ],{"TaskNo":"u"}]`, `<Data><TaskDetail><TaskNo>t</TaskNo></TaskDetail><TaskDetail/><TaskDetail> <!-- --></TaskDetail><TaskDetail><TaskNo>u</TaskNo></TaskDetail></Data>`, answer{Tasks: two}},
		"numbers for booleans":     {`"Data":"","PrePage":1,"NextPage":"0"`, `<Data/><PrePage>1</PrePage><NextPage> 0 </NextPage>`, answer{Page: wire.Page{PrePage: &yes, NextPage: &no}}},
		"booleans in any case":     {`"Data":"","PrePage":"TRUE","NextPage":" False "`, `<Data/><PrePage>tRUE</PrePage><NextPage>FALSE</NextPage>`, answer{Page: wire.Page{PrePage: &yes, NextPage: &no}}},
		"empty for any number":     {`"Data":"","PageSize":{},"TotalItemNum":[],"PrePage":{},"NextPage":[]`, `<Data/><PageSize/><PrePage></PrePage>`, answer{}},
		"two spellings":            {`"requestId":"R","RequestId":"R","Data":[],"totalItemNum":3,"TotalItemNum":3,"nextPage":false,"NextPage":"false"`, `<requestId>R</requestId><RequestId>R</RequestId><Data/><totalItemNum>3</totalItemNum><TotalItemNum>3</TotalItemNum><nextPage>false</nextPage><NextPage>false</NextPage>`, answer{Page: wire.Page{Envelope: wire.Envelope{RequestID: "R"}, TotalItemNum: 3, NextPage: &no}}},
		"layout":                   {`"RequestId":"\n r\t","HostId":" h ","Message":" m\n","Recommend":" r ","Code":" 200\n","Data":{}`, "<RequestId>\n r\t</RequestId><HostId> h </HostId><Message> m\n</Message><Recommend> r </Recommend><Code> 200\n</Code><Data/>", answer{Page: wire.Page{Envelope: wire.Envelope{RequestID: "r", HostID: "h", Message: "m", Recommend: "r", Code: "200"}}}},
		"TaskDetail null":          {`"Data":{"TaskDetail":null}`, "", answer{}},
		"TaskDetail text":          {`"Data":{"TaskDetail":""}`, `<Data><TaskDetail></TaskDetail></Data>`, answer{}},
		"TaskDetail list":          {`"Data":{"TaskDetail":[ ]}`, "", answer{}},
		"TaskDetail empty":         {`"Data":{"TaskDetail":{ }}`, `<Data><TaskDetail/></Data>`, answer{}},
		"TaskDetail of empty":      {`"Data":{"TaskDetail":[{},null,{ }]}`, "<Data><TaskDetail/>\n<TaskDetail> </TaskDetail></Data>", answer{}},
		"TaskDetail of one":        {`"Data":{"TaskDetail":{"TaskNo":"t"}}`, `<Data><TaskDetail><TaskNo>t</TaskNo></TaskDetail></Data>`, answer{Tasks: one}},
		"TaskDetail with null":     {`"Data":{"TaskDetail":[null,{"TaskNo":"t"},null,{"TaskNo":"u"},null]}`, "", answer{Tasks: two}},
		"TaskDetail in other case": {`"data":{"taskdetail":[{"TaskNo":"t"},{"TaskNo":"u"}]}`, `<data><taskdetail><TaskNo>t</TaskNo></taskdetail><TASKDETAIL><TaskNo>u</TaskNo></TASKDETAIL></data>`, answer{Tasks: two}},
		"beside TaskDetail":        {`"Data":{"A":1,"TaskDetail":[{"TaskNo":"t"},{"TaskNo":"u"}],"B":{}}`, `<Data><A>1</A><TaskDetail><TaskNo>t</TaskNo></TaskDetail><B/><TaskDetail><TaskNo>u</TaskNo></TaskDetail></Data>`, answer{Tasks: two}},
		"numbers and booleans":     {`"TotalItemNum":"3","PageSize":2e1,"PrePage":"True","NextPage":false`, `<TotalItemNum>3</TotalItemNum><PageSize>2e1</PageSize><PrePage> True </PrePage><NextPage>false</NextPage>`, answer{Page: wire.Page{TotalItemNum: 3, PageSize: 20, PrePage: &yes, NextPage: &no}}},
		"booleans left out":        {`"TotalItemNum":3,"PrePage":null,"NextPage":""`, `<TotalItemNum>3</TotalItemNum><PrePage/><NextPage> </NextPage>`, answer{Page: wire.Page{TotalItemNum: 3}}},
		"envelope":                 {`"RequestId":7,"HostId":"h","Message":"m","Recommend":"r","AccessDeniedDetail":[{"a":"b"}],"Data":""`, `<RequestId>7</RequestId><HostId>h</HostId><Message>m</Message><Recommend><![CDATA[r]]></Recommend><AccessDeniedDetail><a>b</a></AccessDeniedDetail><Data/>`, answer{Page: wire.Page{Envelope: wire.Envelope{RequestID: "7", HostID: "h", Message: "m", Recommend: "r"}}}},
		"blank code":               {`"Code":"","Data":{}`, `<Code/><Data/>`, answer{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			json, xml := inPage(test.json, test.xml)
			for _, doc := range []string{json, xml} {
				if doc == "" {
					continue
				}
				for _, around := range []string{"%s", "\xEF\xBB\xBF%s", " \r\n\t%s\n", "\xEF\xBB\xBF %s", "\r\n\xEF\xBB\xBF\n%s"} {
					got, err := decodePage(fmt.Sprintf(around, doc))
					require.NoError(t, err, doc)
					require.Equal(t, test.want, got, doc)
				}
			}
		})
	}
}

func TestXMLDeclarations(t *testing.T) {
	t.Parallel()
	const page = `<PollTaskResultResponse><Data/></PollTaskResultResponse>`
	for _, before := range []string{
		`<?xml version="1.0"?>`, `<?xml version='1.0' encoding='utf-8'?>`, `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>`,
		"<?xml\tversion = '1.0'\nencoding= \"Utf-8\" ?>\n", "\xEF\xBB\xBF<?xml version=\"1.0\"?>", `<?xml-stylesheet href="x"?>`, `<!-- <?xml?> -->`,
		` <?xml version="1.0"?>`, "\r\n\t<?xml version='1.0'?>", "\n\xEF\xBB\xBF\n<?xml version='1.0'?>", `<?xml version="1.1"?>`, `<?xml?>`, `<?xml version=1.0?>`, `<!-- --><?xml version="1.0"?>`,
	} {
		_, err := decodePage(before + page)
		require.NoError(t, err, before)
	}
	for _, before := range []string{
		`<?xml version="1.0"`, `<?xml version="1.0">`, `<?xml"?>`,
		`<!DOCTYPE PollTaskResultResponse>`, `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>`, `<?p`, `<?p>`, `<??>`, `<?p/?>`, `x`, `&lt;`, `<![CDATA[ ]]>`, `<!-- -- -->`, `<!-->`, `<!`, "\xEF\xBB\xBF\xEF\xBB\xBF",
	} {
		_, err := decodePage(before + page)
		require.Error(t, err, before)
	}
}

// One document nests as deep as allowed, and the other deeper.
func TestDepth(t *testing.T) {
	t.Parallel()
	for depth, accepted := range map[int]bool{62: true, 63: true, 64: false, 100_000: false} {
		for _, doc := range []string{
			`{"Data":{},"A":` + strings.Repeat(`[`, depth) + strings.Repeat(`]`, depth) + `}`,
			`{"Data":{},"A":` + strings.Repeat(`{"a":`, depth) + `1` + strings.Repeat(`}`, depth) + `}`,
			`{"Data":` + strings.Repeat(`{"a":`, depth) + `1` + strings.Repeat(`}`, depth) + `}`,
			`<PollTaskResultResponse><Data/>` + strings.Repeat(`<a>`, depth) + strings.Repeat(`</a>`, depth) + `</PollTaskResultResponse>`,
		} {
			_, err := decodePage(doc)
			if accepted {
				require.NoError(t, err, depth)
			} else {
				require.ErrorIs(t, err, wire.ErrSyntax, depth)
			}
		}
	}
}
