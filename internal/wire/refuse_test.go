package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// checkRefused decodes a document with every function and checks the values
// returned with each error. DecodeEnvelope must only refuse malformed documents.
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
		"\xEF\xBB\xBF \xEF\xBB\xBF{}":  wire.ErrNotDocument,
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
		`"`, `"a`, `"\`, `"\"`, `"\u`, "\"a\nb", `"a" b"`,
		`[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `]`, `[1:2]`, "[\v1]",
		`{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{1:1}`, `{'a':1}`, `{"a":1]`, `}`, `{"a":1;}`, `{null:1}`,
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
		`<`, `<a`, `<a>`, `<a/`, `<a></a`, `<a></b>`, `<a></A>`, `<a></ a>`, `</a>`, `<a><b></a></b>`, `< a/>`, `<1/>`, `<-a/>`, `<a/ >`, `<a//>`, `<a></a/>`, `<a></a b="c">`, `<a b></a>`, `<a b=c/>`, `<a b="c/>`, `<a b="<"/>`,
		`<a b="1" b="2"/>`, `<a x:b="1" x:b="2"/>`, `<a b="1"c="2"/>`, `<a "b"/>`, `<a ="b"/>`, `<a b=/>`, `<a b='1" />`, `<:a/>`, `<a:/>`, `<a:b:c/>`, `<a :b="c"/>`, "<a\x00/>", "<\xff/>", "<a\u00d7/>", "<\u00b7a/>",
		`<![CDATA[`, `<![CDATA[]]`, `<![CDATA[]>`, `<![cdata[]]>`, `<![CDATA []]>`, `<![INCLUDE[]]>`,
		`<!--`, `<!-- -`, `<!-- --`, `<!-- -- -->`, `<!-- --->`, `<!--->`, `<!- -->`, `<!>`, `<!DOCTYPE a>`, `<!ELEMENT a>`,
		`<?`, `<??>`, `<?p`, `<?p?`, `<?p>`, `<? p?>`, `<?p!?>`,
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
		// The end tag of another task's field, after learning what follows it.
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

func TestSuccessIsProven(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{}`, `{"RequestId":"x"}`, `{"foo":1}`, `{"code":200,"data":null}`, `{"Data":null}`, `{"TotalItemNum":null}`, `{"TotalItemNum":""}`, `{"PageSize":20,"CurrentPageNum":1,"TotalPageNum":1,"NextPage":false}`,
		`{"TotalItemNum":"N/A"}`, `{"TotalItemNum":1.5,"PageSize":20}`, `{"TotalItemNum":{}}`, `{"Data":"none"}`, `{"Data":1}`, `{"Data":true,"TotalItemNum":"many"}`,
		`<PollTaskResultResponse><Data>none</Data></PollTaskResultResponse>`, `<PollTaskResultResponse><Data><![CDATA[none]]></Data></PollTaskResultResponse>`, `<PollTaskResultResponse><TotalItemNum>N/A</TotalItemNum></PollTaskResultResponse>`,
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

// Quotations from a document in an error are short and printable.
func TestErrorsQuoteLittle(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("LTAI-secret", 20)
	for _, doc := range []string{
		`<` + secret + `><Data/></` + secret + `>`,
		`<a` + "\u00e9\u2028" + `/>`,
		`{"` + secret + `":x}`, `{"Data":"` + secret + `"}`, `{"PageSize":"` + secret + `"}`, `{"Data":{}}` + secret, secret,
		`<PollTaskResultResponse>` + secret + `</PollTaskResultResponse>`, `<PollTaskResultResponse><Data/></PollTaskResultResponse>&` + secret + `;`, `<PollTaskResultResponse></` + secret + `>`, `<PollTaskResultResponse ` + secret + `/>`,
	} {
		_, err := decodePage(doc)
		require.Error(t, err, doc)
		require.NotContains(t, err.Error(), "secret")
		require.Less(t, len(err.Error()), 200)
		for _, r := range err.Error() {
			require.True(t, r >= ' ' && r < 0x7F, "%q", err)
		}
	}
}

// The element after a task that is opened and closed in one tag is not read as its
// first field, although it looks like the first field of the previous task.
func TestEmptyTagHasNothingInIt(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"9", "9&amp;"} {
		for _, empty := range []string{"<TaskDetail/>", "<TaskDetail></TaskDetail>"} {
			doc := "<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo></TaskDetail>" + empty + "<TaskNo>" + value + "</TaskNo></Data></PollTaskResultResponse>"
			_, tasks, err := wire.DecodePage([]byte(doc), pageRoot, pageLimit, func(task *wire.Task) string { return task.TaskNo })
			require.NoError(t, err)
			require.Equal(t, []string{"1"}, tasks)
		}
	}
}
