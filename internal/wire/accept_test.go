package wire_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// in builds a page around the members of one task.
func inTask(json, xml string) (string, string) {
	if json != "" {
		json = `{"Data":{"TaskDetail":[{` + json + `}]}}`
	}
	if xml != "" {
		xml = `<PollTaskResultResponse><Data><TaskDetail>` + xml + `</TaskDetail></Data></PollTaskResultResponse>`
	}
	return json, xml
}

// inPage builds a page of the members of its top level.
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
		"string as number":       {`"TaskResult":12345`, `<TaskResult>12345</TaskResult>`, wire.Task{TaskResult: "12345"}},
		"string as any number":   {`"TaskResult":-1.50e+3`, `<TaskResult>-1.50e+3</TaskResult>`, wire.Task{TaskResult: "-1.50e+3"}},
		"string as boolean":      {`"TaskNo":true,"TaskResult":false`, `<TaskNo>true</TaskNo><TaskResult>false</TaskResult>`, wire.Task{TaskNo: "true", TaskResult: "false"}},
		"string null or empty":   {`"TaskNo":null,"ErrorMsg":"","TaskResult":"x"`, `<TaskNo/><ErrorMsg></ErrorMsg><TaskResult>x</TaskResult>`, wire.Task{TaskResult: "x"}},
		"string verbatim":        {`"TaskNo":" a\n b "`, "<TaskNo> a\n b </TaskNo>", wire.Task{TaskNo: " a\n b "}},
		"integer as string":      {`"TryCount":" 20\t"`, "<TryCount> 20\n</TryCount>", wire.Task{TryCount: 20}},
		"integer zero fraction":  {`"TryCount":20.00`, `<TryCount>20.00</TryCount>`, wire.Task{TryCount: 20}},
		"integer exponent":       {`"TryCount":1e2`, `<TryCount>1E+2</TryCount>`, wire.Task{TryCount: 100}},
		"integer negative":       {`"TryCount":-5`, `<TryCount>-5</TryCount>`, wire.Task{TryCount: -5}},
		"integer null or empty":  {`"TryCount":null,"TaskStatusCode":"","TaskNo":"t"`, `<TryCount/><TaskStatusCode> </TaskStatusCode><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"largest 32-bit":         {`"TryCount":2147483647,"TaskStatusCode":"-2147483648"`, `<TryCount>2147483647</TryCount><TaskStatusCode>-2147483648</TaskStatusCode>`, wire.Task{TryCount: math.MaxInt32, TaskStatusCode: math.MinInt32}},
		"other case":             {`"taskno":"a","INSTANCEID":"b","trycount":3`, `<taskno>a</taskno><INSTANCEID>b</INSTANCEID><trycount>3</trycount>`, wire.Task{TaskNo: "a", InstanceID: "b", TryCount: 3}},
		"other case by folding":  {`"Taſ\u212aNo":"a"`, `<TaſKNo>a</TaſKNo>`, wire.Task{TaskNo: "a"}},
		"name with escapes":      {`"Task\u004eo":"a","\u0054askResult":"b"`, "", wire.Task{TaskNo: "a", TaskResult: "b"}},
		"unknown only":           {`"New":1`, `<New>1</New>`, wire.Task{}},
		"unknown of any shape":   {`"A":{"B":[[{}],[]],"C":null},"D":[1,-2.5e1,true,"x\n"],"E":"\ud800","TaskNo":"t"`, `<A b='"' c=">"><B><B/></B> text &amp; <![CDATA[<]]><?p i?><!-- c --></A><D/><D></D><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"known names elsewhere":  {`"Code":"c","Data":{"TaskNo":"x"},"Result":[],"TaskNo":"t"`, `<Code>c</Code><Data><TaskNo>x</TaskNo></Data><Result/><TaskNo>t</TaskNo>`, wire.Task{TaskNo: "t"}},
		"invalid UTF-8 replaced": {"\"TaskNo\":\"a\xffb\xe4\xb8\"", "", wire.Task{TaskNo: "a\uFFFDb\uFFFD\uFFFD"}},
		"surrogates":             {`"TaskNo":"\ud83d\ude00","TaskResult":"\ud83d.\ude00\ud83d\ud83d\ude00\ud83dx"`, "", wire.Task{TaskNo: "😀", TaskResult: "\uFFFD.\uFFFD\uFFFD😀\uFFFDx"}},
		"every escape":           {`"TaskNo":"\"\\\/\b\f\n\r\t\u0041\u00e9\u4FEE\u0000"`, "", wire.Task{TaskNo: "\"\\/\b\f\n\r\tAé修\x00"}},
		"every reference":        {"", `<TaskNo>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x00004fEE;&#13;&#9;&#x10FFFF;</TaskNo>`, wire.Task{TaskNo: "<>&\"'AA修\r\t\U0010FFFF"}},
		"line ends":              {"", "<TaskNo>a\r\nb\rc\r\r\n&#13;\n<![CDATA[d\r\ne\r]]>\n</TaskNo>", wire.Task{TaskNo: "a\nb\nc\n\n\r\nd\ne\n\n"}},
		"CDATA":                  {"", `<TaskNo>a<![CDATA[<b>&amp;]]]]><![CDATA[>]]>c<![CDATA[]]></TaskNo>`, wire.Task{TaskNo: "a<b>&amp;]]>c"}},
		"comment inside text":    {"", `<TaskNo>a<!-- - > < & -->b<?p <x> ?>c</TaskNo><TryCount><!-- -->1<?p?>2</TryCount>`, wire.Task{TaskNo: "abc", TryCount: 12}},
		"angle bracket":          {"", `<TaskNo>a > b ]> ]&#93;> ]]&gt;</TaskNo>`, wire.Task{TaskNo: "a > b ]> ]]> ]]>"}},
		"attributes":             {"", `<TaskNo a="1" b = '&lt;"&#65;' x:c="]]>">t</TaskNo ><TryCount a=""/>`, wire.Task{TaskNo: "t"}},
		"prefixes":               {"", `<a:TaskNo>t</a:TaskNo><TaskResult xmlns="urn:x">r</TaskResult>`, wire.Task{TaskNo: "t", TaskResult: "r"}},
		"between elements":       {"", " \r\n<!-- c --><?p i?><![CDATA[ ]]><TaskNo>t</TaskNo\n>\t<!----><é·x/>", wire.Task{TaskNo: "t"}},
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
		"Data of nothing known":    {`"Data":{"Other":[{"TaskNo":"x"}]}`, `<Data><Other><TaskNo>x</TaskNo></Other></Data>`, answer{}},
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
				for _, around := range []string{"%s", "\xEF\xBB\xBF%s", " \r\n\t%s\n", "\xEF\xBB\xBF %s"} {
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
	} {
		_, err := decodePage(before + page)
		require.NoError(t, err, before)
	}
	for _, before := range []string{
		` <?xml version="1.0"?>`, `<!-- --><?xml version="1.0"?>`, `<?xml version="1.0"?><?xml version="1.0"?>`, `<?XML version="1.0"?>`,
		`<?xml?>`, `<?xml ?>`, `<?xml encoding="utf-8"?>`, `<?xml version="1.1"?>`, `<?xml version=1.0?>`, `<?xml version="1.0"encoding="utf-8"?>`,
		`<?xml version="1.0" encoding="GBK"?>`, `<?xml version='1.0' encoding='gbk'?>`, `<?xml version="1.0" encoding="utf8"?>`, "<?xml version='1.0' encoding='utf\r8'?>", `<?xml version="1.0" encoding="UTF-16"?>`, `<?xml version="1.0" encoding=""?>`,
		`<?xml version="1.0" standalone="maybe"?>`, `<?xml version="1.0" other="x"?>`, `<?xml version="1.0"`, `<?xml version="1.0">`,
		`<!DOCTYPE PollTaskResultResponse>`, `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>`, `<?p`, `<?p>`, `<??>`, `<?p/?>`, `x`, `&lt;`, `<![CDATA[ ]]>`, `<!-- -- -->`, `<!-->`, `<!`, "\xEF\xBB\xBF\xEF\xBB\xBF",
	} {
		_, err := decodePage(before + page)
		require.Error(t, err, before)
	}
}

// A document that nests as deep as is allowed, and one that nests deeper.
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
