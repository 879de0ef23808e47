package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// checkRefused decodes a document in every way that there is and checks what
// comes with each error. DecodeEnvelope is only told to refuse malformed ones.
func checkRefused(t *testing.T, doc string, want error) {
	t.Helper()
	got, err := decodePage(doc)
	require.ErrorIs(t, err, want, "%q", doc)
	require.Zero(t, got, "%q", doc)
	require.NotContains(t, err.Error(), "\n")
	require.Less(t, len(err.Error()), 200)

	_, err = wire.DecodeAcknowledgement([]byte(doc))
	require.Error(t, err, "%q", doc)
	env, root, err := wire.DecodeEnvelope([]byte(doc))
	if want != wire.ErrValue {
		require.ErrorIs(t, err, want, "%q", doc)
	}
	if err != nil {
		require.Zero(t, env)
		require.Empty(t, root)
	}
}

func TestRefusedWithoutDocument(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]error{
		"":                             wire.ErrEmpty,
		" \r\n\t":                      wire.ErrEmpty,
		"\xEF\xBB\xBF":                 wire.ErrEmpty,
		"\xEF\xBB\xBF\n":               wire.ErrEmpty,
		"null":                         wire.ErrNotDocument,
		"[1]":                          wire.ErrNotDocument,
		`[{"Data":{}}]`:                wire.ErrNotDocument,
		`"x"`:                          wire.ErrNotDocument,
		"1":                            wire.ErrNotDocument,
		"true":                         wire.ErrNotDocument,
		"upstream connect error":       wire.ErrNotDocument,
		"\x1f\x8b\x08":                 wire.ErrNotDocument,
		"\x00{}":                       wire.ErrNotDocument,
		"\v{}":                         wire.ErrNotDocument,
		"\u00a0{}":                     wire.ErrNotDocument,
		"\xEF\xBB{}":                   wire.ErrNotDocument,
		"\xFE\xFF\x00<":                wire.ErrNotDocument,
		"\xEF\xBB\xBF\xEF\xBB\xBF{}":   wire.ErrNotDocument,
		" \xEF\xBB\xBF{}":              wire.ErrNotDocument,
		"<html></html>":                wire.ErrNotDocument,
		"<HTML><body>":                 wire.ErrNotDocument,
		"<!DOCTYPE html><html></html>": wire.ErrNotDocument,
		"\n<!doctype html>":            wire.ErrNotDocument,
		"<?xml version='1.0'?><html/>": wire.ErrNotDocument,
		"<!-- x --><html/>":            wire.ErrNotDocument,
	} {
		checkRefused(t, doc, want)
	}
}

func TestRefusedJSONSyntax(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		``, `tru`, `True`, `nul`, `nulL`, `falsey`, `NaN`, `Infinity`, `-Infinity`, `undefined`, `'x'`,
		`+1`, `-`, `01`, `-01`, `00`, `1.`, `.5`, `1.e1`, `1e`, `1e+`, `1E-`, `0x10`, `1_000`, `1 2`, `--1`, `1.2.3`, `1e1e1`,
		`"`, `"a`, "\"a\nb\"", "\"\x00\"", "\"\x1f\"", "\"\t\"", `"\x41"`, `"\a"`, `"\'"`, `"\u12"`, `"\u12g4"`, `"\uD83D\u12"`, `"\ud83d\uzzzz"`, `"\U0041"`, `"\`, `"\"`, `"\u`,
		`[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `]`, `[1:2]`, "[\v1]",
		`{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{1:1}`, `{'a':1}`, `{"a":1]`, `}`, `{"a":1;}`, `{"a\q":1}`, `{null:1}`,
		`/**/1`, `1//`, `"a" "b"`, `1,,"b":2`, "1\u00a0",
	} {
		// As an unknown field, as a known one, and in a task.
		checkRefused(t, `{"Data":{},"New":`+value+`}`, wire.ErrSyntax)
		checkRefused(t, `{"Data":{},"New":[`+value+`]x}`, wire.ErrSyntax)
		for _, doc := range []string{
			`{"Data":{},"RequestId":` + value + `}`,
			`{"Data":{},"PrePage":` + value + `}`,
			`{"Data":` + value + `}`,
			`{"Data":{"TaskDetail":` + value + `}}`,
			`{"Data":{"TaskDetail":[` + value + `,]}}`,
			`{"Data":{"TaskDetail":[{"TaskNo":` + value + `}]}}`,
			`{"Data":{"TaskDetail":[{"TaskNo":"a"},{"TaskNo":` + value + `}]}}`,
			`{"Data":{"TaskDetail":[{"TaskNo":"a","TryCount":1},{"TaskNo":"a","TryCount":` + value + `}]}}`,
		} {
			got, err := decodePage(doc)
			require.Error(t, err, "%q", doc)
			require.Zero(t, got, "%q", doc)
		}
	}
	for _, doc := range []string{
		`{`, `{]`, `{"Data":{}`, `{"Data":{}]`, `{"Data":{}}}`, `{"Data":{}}{}`, `{"Data":{}} x`, `{"Data":{}},`, `{"Data":{}}null`, "{\"Data\":{}}\x00", "{\"Data\":{}}\xEF\xBB\xBF", "{\xEF\xBB\xBF\"Data\":{}}",
		`{"Data":{},}`, `{,"Data":{}}`, `{"Data"}`, `{"Data",1}`, `{"Data":{}"TotalItemNum":1}`, `{"Data":{}}<a/>`, `{"Data":{"TaskDetail":[{}{}]}}`, `{"Data":{"TaskDetail":[{},]}}`, `{"Data":{"TaskDetail":[],}}`, `{"Data":[{},]}`, `{"Data":[,]}`, `{"Data":[}`, `{"Data":{]}`,
		`{"Data":{"TaskDetail":[{"TaskNo":"a",}]}}`, `{"Data":{"TaskDetail":[{"TaskNo":"a"} {"TaskNo":"b"}]}}`, `{"Data":{"TaskDetail":[{"TaskNo":"a"},{,"TaskNo":"b"}]}}`, `{"Data":{"TaskDetail":[{"TaskNo":"a","TaskDetailNo":"b"},{"TaskDetailNo":"b"]}}`,
	} {
		checkRefused(t, doc, wire.ErrSyntax)
	}
}

func TestRefusedXMLSyntax(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		`<`, `<a`, `<a>`, `<a/`, `<a></a`, `<a></b>`, `<a></A>`, `<a></ a>`, `</a>`, `<a><b></a></b>`, `< a/>`, `<1/>`, `<-a/>`, `<a/ >`, `<a//>`, `<a></a/>`, `<a></a b="c">`, `<a b></a>`, `<a b=c/>`, `<a b="c/>`, `<a b="<"/>`, `<a b="&"/>`, `<a b="&x;"/>`, "<a b=\"\xff\"/>", "<a b=\"\x01\"/>", `<a b='&#0;'/>`,
		`<a b="1" b="2"/>`, `<a x:b="1" x:b="2"/>`, `<a b="1"c="2"/>`, `<a "b"/>`, `<a ="b"/>`, `<a b=/>`, `<a b='1" />`, `<:a/>`, `<a:/>`, `<a:b:c/>`, `<a :b="c"/>`, "<a\x00/>", "<\xff/>", "<a\u00d7/>", "<\u00b7a/>",
		`&`, `&lt`, `&;`, `& `, `&nbsp;`, `&LT;`, `&lt ;`, `&#;`, `&#x;`, `&#X41;`, `&#65`, `&#6 5;`, `&#xG;`, `&#65a;`, `&#-1;`, `&#0;`, `&#1;`, `&#x8;`, `&#xB;`, `&#x1F;`, `&#xD800;`, `&#xDFFF;`, `&#xFFFE;`, `&#xFFFF;`, `&#x110000;`, `&#99999999999999999999;`, `&#x10000000000000041;`,
		"\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xe4\xb8", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf4\x90\x80\x80",
		`]]>`, `a]]>b`, `]]]>`, `<![CDATA[`, `<![CDATA[]]`, `<![CDATA[]>`, `<![cdata[]]>`, `<![CDATA []]>`, "<![CDATA[\x00]]>", "<![CDATA[\xff]]>", `<![INCLUDE[]]>`,
		`<!--`, `<!-- -`, `<!-- --`, `<!-- -- -->`, `<!-- --->`, `<!--->`, "<!--\x00-->", "<!--\xff-->", `<!- -->`, `<!>`, `<!DOCTYPE a>`, `<!ELEMENT a>`,
		`<?`, `<??>`, `<?p`, `<?p?`, `<?p>`, `<? p?>`, `<?xml?>`, `<?xml version="1.0"?>`, `<?Xml?>`, "<?p \x00?>", "<?p \xff?>", `<?p!?>`,
	} {
		// In an unknown element.
		checkRefused(t, `<PollTaskResultResponse><Data/><New>`+content+`</New></PollTaskResultResponse>`, wire.ErrSyntax)
		checkRefused(t, `<PollTaskResultResponse><Data/><New><New/>`+content+`<New>x</New>x</New></PollTaskResultResponse>`, wire.ErrSyntax)
		// In known ones, and between them.
		for _, doc := range []string{
			`<PollTaskResultResponse><Data/><RequestId>` + content + `</RequestId></PollTaskResultResponse>`,
			`<PollTaskResultResponse><Data/>` + content + `</PollTaskResultResponse>`,
			`<PollTaskResultResponse><Data>` + content + `</Data></PollTaskResultResponse>`,
			`<PollTaskResultResponse><Data><TaskDetail>` + content + `</TaskDetail></Data></PollTaskResultResponse>`,
			`<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo></TaskDetail><TaskDetail><TaskNo>` + content + `</TaskNo></TaskDetail></Data></PollTaskResultResponse>`,
			`<PollTaskResultResponse><Data/></PollTaskResultResponse>` + content,
		} {
			got, err := decodePage(doc)
			require.Error(t, err, "%q", doc)
			require.Zero(t, got, "%q", doc)
		}
	}
	for _, doc := range []string{
		`<`, `<?xml version="1.0"?>`, `<!-- -->`, `<PollTaskResultResponse>`, `<PollTaskResultResponse`, `<PollTaskResultResponse/`, `<PollTaskResultResponse><Data/></Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data/></PollTaskResultResponse><PollTaskResultResponse/>`, `<PollTaskResultResponse><Data/></PollTaskResultResponse>x`, `<PollTaskResultResponse><Data/></PollTaskResultResponse>{}`, `<PollTaskResultResponse><Data/></PollTaskResultResponse>&#32;`, "<PollTaskResultResponse><Data/></PollTaskResultResponse>\x00", `<PollTaskResultResponse><Data/></PollTaskResultResponse></PollTaskResultResponse>`,
		`<PollTaskResultResponse/><Data/>`, `<PollTaskResultResponse><Data></PollTaskResultResponse></Data>`, `<PollTaskResultResponse><Data/></polltaskresultresponse>`, `<a:PollTaskResultResponse><Data/></PollTaskResultResponse>`,
		// The end tag of another task's field, where it was learned what follows.
		`<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo><TaskResult>2</TaskResult></TaskDetail><TaskDetail><TaskNo>1</TaskResult></TaskDetail></Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo><TaskResult>2</TaskResult></TaskDetail><TaskDetail><taskno>1</TaskNo><TaskResult>2</TaskResult></TaskDetail></Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo><TaskResult>2</TaskResult></TaskDetail><TaskDetail><New>1</TaskNo><TaskResult>2</TaskResult></TaskDetail></Data></PollTaskResultResponse>`,
	} {
		checkRefused(t, doc, wire.ErrSyntax)
	}
	many := `<a`
	for i := range 65 {
		many += " a" + strings.Repeat("a", i) + `=""`
	}
	checkRefused(t, `<PollTaskResultResponse><Data/>`+many+`/></PollTaskResultResponse>`, wire.ErrSyntax)
}

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		`abc`, `1.5`, `0.1`, `1e-1`, `15e-1`, `-`, `+5`, `007`, `0x10`, `1_000`, `1,000`, `1 2`, `NaN`, `Infinity`, `true`, `１`,
		`99999999999999999999`, `-99999999999999999999`, `9223372036854775808`, `-9223372036854775809`, `1e19`, `1e999999999999`, `9007199254740993.0`, `9007199254740992.5`, `1e16`, `9007199254740991.4`,
	} {
		for _, field := range []string{"CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum"} {
			json, xml := inPage(`"Data":{},"`+field+`":"`+value+`"`, `<Data/><`+field+`>`+value+`</`+field+`>`)
			checkRefused(t, json, wire.ErrValue)
			checkRefused(t, xml, wire.ErrValue)
		}
		for _, field := range []string{"TaskStatusCode", "TryCount"} {
			json, xml := inTask(`"`+field+`":"`+value+`"`, `<`+field+`>`+value+`</`+field+`>`)
			checkRefused(t, json, wire.ErrValue)
			checkRefused(t, xml, wire.ErrValue)
		}
	}
	for _, value := range []string{`yes`, `no`, `2`, `0`, `1`, `t`, `truefalse`, `true false`, `falſe`} {
		for _, field := range []string{"PrePage", "NextPage"} {
			json, xml := inPage(`"Data":{},"`+field+`":"`+value+`"`, `<Data/><`+field+`>`+value+`</`+field+`>`)
			checkRefused(t, json, wire.ErrValue)
			checkRefused(t, xml, wire.ErrValue)
		}
	}
	for _, member := range []string{
		`"PageSize":1.5`, `"PageSize":true`, `"PageSize":9223372036854775808`, `"PrePage":1`, `"PrePage":0`,
		`"PageSize":{}`, `"PageSize":[]`, `"PrePage":[true]`, `"RequestId":{}`, `"RequestId":["r"]`, `"Message":{"a":1}`, `"Code":["Forbidden"]`, `"Code":{}`,
		`"PageSize":1,"PageSize":1`, `"PageSize":1,"pagesize":2`, `"Data":{}`, `"data":[]`, `"RequestId":null,"RequestId":"r"`,
	} {
		checkRefused(t, `{"Data":{},`+member+`}`, wire.ErrValue)
	}
	for _, data := range []string{
		`1`, `true`, `"x"`, `" "`, `[1]`, `["x"]`, `[[]]`, `[[{"TaskNo":"t"}]]`, `[""]`,
		`{"TaskDetail":1}`, `{"TaskDetail":false}`, `{"TaskDetail":"x"}`, `{"TaskDetail":[1]}`, `{"TaskDetail":[""]}`, `{"TaskDetail":[[]]}`, `{"TaskDetail":[],"TaskDetail":[]}`, `{"TaskDetail":null,"taskDetail":[]}`,
		`{"TaskDetail":[{"TaskNo":"a","TaskNo":"a"}]}`, `{"TaskDetail":[{"TaskNo":"a","TASKNO":null}]}`, `{"TaskDetail":[{"TaskNo":{}}]}`, `{"TaskDetail":[{"TaskNo":["a"]}]}`, `{"TaskDetail":[{"TryCount":[1]}]}`,
		`{"TaskDetail":[{"TaskNo":"a","TaskDetailNo":"b"},{"TaskNo":"a","TaskDetailNo":"b","TaskNo":"a"}]}`,
	} {
		checkRefused(t, `{"Data":`+data+`}`, wire.ErrValue)
	}
	for _, content := range []string{
		`<PageSize><a/></PageSize>`, `<RequestId>r<b>x</b></RequestId>`, `<Code><a>Forbidden</a></Code>`, `<PageSize>1</PageSize><PageSize>1</PageSize>`, `<PageSize/><pagesize>1</pagesize>`, `<Data/>`,
		`<![CDATA[text]]>`,
	} {
		checkRefused(t, `<PollTaskResultResponse><Data/>`+content+`</PollTaskResultResponse>`, wire.ErrValue)
	}
	for _, content := range []string{
		`<TaskNo>a</TaskNo><TaskNo>a</TaskNo>`, `<TaskNo/><taskno/>`, `<TaskNo><a/></TaskNo>`, `<TryCount>1<a/></TryCount>`, `<TaskNo>a</TaskNo><TaskResult/><TaskNo>a</TaskNo>`,
	} {
		_, xml := inTask("", content)
		checkRefused(t, xml, wire.ErrValue)
	}
}

func TestRefusedText(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`<PollTaskResultResponse>text</PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data>text</Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data/>text</PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data><TaskDetail>text</TaskDetail></Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo>text</TaskDetail></Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse><Data/>&#32;</PollTaskResultResponse>`,
	} {
		got, err := decodePage(doc)
		require.Error(t, err, doc)
		require.Zero(t, got, doc)
	}
}

func TestSuccessIsProven(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{}`, `{"RequestId":"x"}`, `{"foo":1}`, `{"code":200,"data":null}`, `{"Data":null}`, `{"TotalItemNum":null}`, `{"TotalItemNum":""}`, `{"PageSize":20,"CurrentPageNum":1,"TotalPageNum":1,"NextPage":false}`,
		`<PollTaskResultResponse/>`, `<PollTaskResultResponse><RequestId>x</RequestId></PollTaskResultResponse>`, `<PollTaskResultResponse><TotalItemNum/></PollTaskResultResponse>`,
	} {
		checkRefused(t, doc, wire.ErrValue)
	}
}

func TestRefusedRoots(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`<AcknowledgeTaskResult><Data/></AcknowledgeTaskResult>`, `<Response><Code>Forbidden</Code></Response>`, `<polltaskresultresponse><Data/></polltaskresultresponse>`, `<Data><TaskDetail/></Data>`,
		`<Error/>`, `<Error><Code/></Error>`, `<Error><Code> </Code></Error>`, `<Error><Data/><RequestId>r</RequestId></Error>`, `<error><Code>Forbidden</Code></error>`,
	} {
		checkRefused(t, doc, wire.ErrValue)
	}
	_, _, err := wire.DecodeEnvelope([]byte(`<Error><Message>m</Message></Error>`))
	require.ErrorIs(t, err, wire.ErrValue)
}

// What an error quotes of a document is short and printable.
func TestErrorsQuoteLittle(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("LTAI-secret", 20)
	for _, doc := range []string{
		`<` + secret + `><Data/></` + secret + `>`,
		`<a` + "\u00e9\u2028" + `/>`,
		`{"` + secret + `":x}`, `{"Data":"` + secret + `"}`, `{"Data":{},"PageSize":"` + secret + `"}`, `{"Data":{},"PrePage":"` + secret + `"}`, `{"Data":{}}` + secret, secret,
		`<PollTaskResultResponse>` + secret + `</PollTaskResultResponse>`, `<PollTaskResultResponse><Data/>&` + secret + `;</PollTaskResultResponse>`, `<PollTaskResultResponse></` + secret + `>`, `<PollTaskResultResponse ` + secret + `/>`,
	} {
		_, err := decodePage(doc)
		require.Error(t, err, doc)
		require.NotContains(t, err.Error(), "secret")
		require.Less(t, len(err.Error()), 200)
		for _, r := range err.Error() {
			require.True(t, r >= ' ' && r < 0x7F, "%q", err)
		}
	}
	_, err := decodePage(`{"Data":{"TaskDetail":[{"TaskNo":"1"},{"TryCount":"x"}]}}`)
	require.EqualError(t, err, "unexpected content: TryCount is not an integer in range in task 2")
}

// TestEmptyTagHasNothingInIt: what follows a task that is opened and closed in
// one tag is not read as its first field, though it looks like that of the
// task before.
func TestEmptyTagHasNothingInIt(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"9", "9&amp;"} {
		for _, empty := range []string{"<TaskDetail/>", "<TaskDetail></TaskDetail>"} {
			doc := "<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo></TaskDetail>" + empty + "<TaskNo>" + value + "</TaskNo></Data></PollTaskResultResponse>"
			_, tasks, err := wire.DecodePage([]byte(doc), func(task *wire.Task) string { return task.TaskNo })
			require.NoError(t, err)
			require.Equal(t, []string{"1"}, tasks)
		}
	}
}
