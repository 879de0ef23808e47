package wire_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

const documents = "../../testdata"

// pageLimit is the most tasks of a page.
const pageLimit = 1000

// pageRoot is the XML root of a page in these tests.
const pageRoot = "PollTaskResultResponse"

func keep(t *wire.Task) wire.Task { return *t }

// answer is everything that DecodePage returns.
type answer struct {
	Page  wire.Page
	Tasks []wire.Task
}

func decodePage(doc string) (answer, error) {
	page, tasks, err := wire.DecodePage([]byte(doc), pageRoot, pageLimit, keep)
	return answer{page, tasks}, err
}

func readDocument(tb testing.TB, name string) []byte {
	tb.Helper()
	doc, err := os.ReadFile(filepath.Join(documents, name))
	require.NoError(tb, err)
	return doc
}

// documentNames lists the documents of a directory of testdata that end in
// suffix, as paths for readDocument.
func documentNames(tb testing.TB, pattern string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(documents, pattern))
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	for i, path := range paths {
		paths[i], err = filepath.Rel(documents, path)
		require.NoError(tb, err)
	}
	return paths
}

func TestPageDocumentsHaveEqualValues(t *testing.T) {
	t.Parallel()
	for _, name := range documentNames(t, "pages/*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fromJSON, err := decodePage(string(readDocument(t, name)))
			require.NoError(t, err)
			fromXML, err := decodePage(string(readDocument(t, strings.TrimSuffix(name, "json")+"xml")))
			require.NoError(t, err)
			require.Equal(t, fromJSON, fromXML)
			require.NotEmpty(t, fromJSON.Page.RequestID)
		})
	}
}

func TestPageSample(t *testing.T) {
	t.Parallel()
	got, err := decodePage(string(readDocument(t, "pages/sample.json")))
	require.NoError(t, err)
	require.Equal(t, answer{
		Page: wire.Page{
			Envelope:       wire.Envelope{RequestID: "E879DC07-38EE-4408-9F33-73B30CD965CD"},
			CurrentPageNum: 1, PageSize: 1, TotalPageNum: 10, TotalItemNum: 10,
		},
		Tasks: []wire.Task{{
			TaskNo:              "b95bc334-f7d8-4f39-8a62-4c4302a243d8",
			TaskDetailNo:        "15fee9d10d514bada66bd08c5723c583",
			TaskType:            "CHG_DNS",
			TaskTypeDescription: "DNS Modification",
			InstanceID:          "S201817141000000",
			DomainName:          "test.com",
			TaskStatus:          "EXECUTE_SUCCESS",
			TaskStatusCode:      2,
			CreateTime:          "2018-03-26 15:08:20",
			UpdateTime:          "2018-03-26 15:22:18",
			ErrorMsg:            "The operation is successful.",
		}},
	}, got)
}

func TestPageKinds(t *testing.T) {
	t.Parallel()
	got, err := decodePage(string(readDocument(t, "pages/kinds.json")))
	require.NoError(t, err)
	yes, no := true, false
	require.Equal(t, answer{
		Page: wire.Page{
			Envelope:       wire.Envelope{RequestID: "1D2E3F40-0000-4000-8000-000000000002"},
			CurrentPageNum: 2, PageSize: 20, TotalPageNum: 3, TotalItemNum: 50, PrePage: &yes, NextPage: &no,
		},
		Tasks: []wire.Task{
			{TaskNo: "4711", TaskDetailNo: "d-1", TaskResult: "12345", FailReason: "false", TryCount: 3, TaskStatusCode: 2},
			{TaskNo: "4712", TaskDetailNo: "d-2", TaskResult: "1.50", TaskStatusCode: 3},
		},
	}, got)
}

func TestPageText(t *testing.T) {
	t.Parallel()
	got, err := decodePage(string(readDocument(t, "pages/text.xml")))
	require.NoError(t, err)
	require.Len(t, got.Tasks, 3)
	require.Equal(t, "😀 \"a\" < b & c > d / 'e'\n\t\\", got.Tasks[0].ErrorMsg)
	require.Equal(t, "修改DNS", got.Tasks[0].TaskTypeDescription)
	require.Equal(t, "<b>CDATA & more</b> ]]>", got.Tasks[1].ErrorMsg)
	require.Equal(t, "line one\nline two\nline three", got.Tasks[2].TaskTypeDescription)
	require.Equal(t, "  spaces kept  ", got.Tasks[2].DomainName)
}

func TestErrorDocuments(t *testing.T) {
	t.Parallel()
	for _, name := range documentNames(t, "errors/*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fromJSON, root, err := wire.DecodeEnvelope(readDocument(t, name))
			require.NoError(t, err)
			require.Empty(t, root)
			require.True(t, fromJSON.Failed())
			require.NotEmpty(t, fromJSON.RequestID)
			require.NotEmpty(t, fromJSON.Message)

			doc := readDocument(t, strings.TrimSuffix(name, "json")+"xml")
			fromXML, root, err := wire.DecodeEnvelope(doc)
			require.NoError(t, err)
			require.Equal(t, "Error", root)
			require.True(t, fromXML.Failed())

			got, err := decodePage(string(doc))
			require.NoError(t, err)
			require.Equal(t, answer{Page: wire.Page{Envelope: fromXML}}, got)
			ack, err := wire.DecodeAcknowledgement(doc)
			require.NoError(t, err)
			require.Equal(t, wire.Acknowledgement{Envelope: fromXML}, ack)

			require.Equal(t, fromJSON, fromXML.WithoutRoot())
		})
	}
}

func TestAccessDenied(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]wire.AccessDenied{
		string(readDocument(t, "errors/ram.json")): {
			AuthAction: "domain:QueryDomainTask", AuthPrincipalType: "SubUser", AuthPrincipalDisplayName: "214567890123456789",
			AuthPrincipalOwnerID: "1234567890123456", NoPermissionType: "ImplicitDeny", PolicyType: "AccountLevelIdentityBasedPolicy",
			EncodedDiagnosticMessage: "AQIBIAAAAA",
		},
		`{"Code":"Forbidden.RAM","accessDeniedDetail":{"authAction":" domain:A\n","New":[{}],"PolicyType":null,"AuthPrincipalOwnerId":12}}`: {AuthAction: "domain:A", AuthPrincipalOwnerID: "12"},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":"{\"AuthAction\":\"domain:A\"}"}`:                                                     {AuthAction: "domain:A"},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":"{\"AuthAction\":\"domain:A\",\"Po"}`:                                                 {AuthAction: "domain:A"},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":{"AuthAction":"domain:A","PolicyType":"P"}}`:                                          {AuthAction: "domain:A", PolicyType: "P"},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":"ImplicitDeny"}`:                                                                      {},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":"{"}`:                                                                                 {},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":[{"AuthAction":"domain:A"}]}`:                                                         {},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":{}}`:                                                                                  {},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":17}`:                                                                                  {},
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":null}`:                                                                                {},
		string(readDocument(t, "errors/ramtext.xml")):                                                                                       {},
		`<Error><Code>Forbidden.RAM</Code><AccessDeniedDetail/></Error>`:                                                                    {},
		`<Error><Code>Forbidden.RAM</Code><AccessDeniedDetail>&lt;/></AccessDeniedDetail></Error>`:                                          {},
		`<Error><Code>Forbidden.RAM</Code><AccessDeniedDetail>&lt;AuthAction>domain:A&lt;/AuthAction></AccessDeniedDetail></Error>`:         {AuthAction: "domain:A"},
		`<Error><AccessDeniedDetail>` + "\n" + `<AuthAction> domain:A </AuthAction><New><PolicyType>x</PolicyType></New><PolicyType/></AccessDeniedDetail><Code>Forbidden.RAM</Code></Error>`: {AuthAction: "domain:A"},
	} {
		env, _, err := wire.DecodeEnvelope([]byte(doc))
		require.NoError(t, err, doc)
		require.Equal(t, "Forbidden.RAM", env.Code, doc)
		require.Equal(t, want, env.Denied, doc)
	}
}

func TestGatewayPagesAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range documentNames(t, "errors/*.html") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := wire.DecodeEnvelope(readDocument(t, name))
			require.ErrorIs(t, err, wire.ErrNotDocument)
		})
	}
}

func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	want := wire.Acknowledgement{Envelope: wire.Envelope{RequestID: "r"}, Result: 2}
	for _, doc := range []string{
		`{"RequestId":"r","Result":2}`,
		`{"RequestId":"r","Result":"2","New":{"a":[]}}`,
		`{"requestid":"r","result":2.0,"Code":null}`,
		`<AcknowledgeTaskResultResponse><RequestId>r</RequestId><Result>2</Result></AcknowledgeTaskResultResponse>`,
		`<AcknowledgeTaskResultResponse><New><a/></New><RequestId>r</RequestId><Result> 2 </Result><Code/></AcknowledgeTaskResultResponse>`,
	} {
		got, err := wire.DecodeAcknowledgement([]byte(doc))
		require.NoError(t, err, doc)
		require.Equal(t, want, got, doc)
	}
}

func TestAcknowledgementIsProven(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{}`, `{"RequestId":"r"}`, `{"Result":null}`, `{"Result":""}`, `{"Code":"OK"}`,
		`{"TotalItemNum":1,"Data":{}}`, `{"Result":{}}`, `{"Result":[]}`, `{"Result":" "}`, `{"Result":null,"result":""}`,
		`<AcknowledgeTaskResultResponse/>`, `<AcknowledgeTaskResultResponse><Result/></AcknowledgeTaskResultResponse>`,
		`<PollTaskResultResponse><Result>1</Result></PollTaskResultResponse>`,
	} {
		got, err := wire.DecodeAcknowledgement([]byte(doc))
		require.ErrorIs(t, err, wire.ErrValue, doc)
		require.Zero(t, got, doc)
	}
}

func TestEnvelopeOfAnyOperation(t *testing.T) {
	t.Parallel()
	for doc, wantRoot := range map[string]string{
		`{"RequestId":"r","RegistrantProfiles":{"a":[{"Code":"inner"}]},"TotalItemNum":"x"}`:                                                                "",
		`<QueryRegistrantProfilesResponse><RequestId>r</RequestId><P><Code>inner</Code></P><P/></QueryRegistrantProfilesResponse>`:                          "QueryRegistrantProfilesResponse",
		`<?xml version="1.0"?><a:Any xmlns:a="urn:a"><a:RequestId>r</a:RequestId><a:Data a:x="1">text<b/>more<![CDATA[<]]>&amp;</a:Data></a:Any><!-- x -->`: "Any",
	} {
		env, root, err := wire.DecodeEnvelope([]byte(doc))
		require.NoError(t, err, doc)
		require.Equal(t, wantRoot, root, doc)
		require.Equal(t, wire.Envelope{RequestID: "r"}, env, doc)
	}
}

func TestFailed(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"": false, "200": false, "OK": false, "ok": false, "Success": false, "SUCCESS": false,
		"0": true, "10010": true, "Throttling": true, "Forbidden.RAM": true, "201": true,
	} {
		require.Equal(t, want, wire.Envelope{Code: code}.Failed(), code)
	}
}

func TestCodeComesBeforeOtherFaults(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"Code":"Throttling"}`,
		`{"Code":"Throttling","Data":"what went wrong"}`,
		`{"Data":false,"TotalItemNum":"many","Code":"Throttling"}`,
		`{"Data":{"TaskDetail":[{"TaskNo":"t"}]},"TotalItemNum":1,"Code":"Throttling"}`,
		`<PollTaskResultResponse><Data>what went wrong</Data><Code>Throttling</Code></PollTaskResultResponse>`,
		`<Error><Data><TaskDetail><TaskNo>t</TaskNo></TaskDetail></Data><Code>Throttling</Code></Error>`,
	} {
		got, err := decodePage(doc)
		require.NoError(t, err, doc)
		require.Nil(t, got.Tasks, doc)
		require.True(t, got.Page.Failed(), doc)
		require.Equal(t, answer{Page: wire.Page{Envelope: wire.Envelope{Code: "Throttling"}}}.Page, wire.Page{Envelope: got.Page.WithoutRoot()}, doc)
	}
}

func TestSuccessCodes(t *testing.T) {
	t.Parallel()
	got, err := decodePage(`{"Code":200,"Data":{"TaskDetail":{"TaskNo":"t"}}}`)
	require.NoError(t, err)
	require.Equal(t, answer{Page: wire.Page{Envelope: wire.Envelope{Code: "200"}}, Tasks: []wire.Task{{TaskNo: "t"}}}, got)
	_, err = decodePage(`{"Code":"OK","Message":"fine"}`)
	require.ErrorIs(t, err, wire.ErrValue)
	got, err = decodePage(`<Error><Code>OK</Code></Error>`)
	require.NoError(t, err)
	require.True(t, got.Page.Failed(), "the root says so")
}

// Every prefix of every document is refused.
func TestTruncatedDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range append(documentNames(t, "pages/*.json"), documentNames(t, "pages/*.xml")...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := bytes.TrimSpace(readDocument(t, name))
			if i := bytes.LastIndex(doc, []byte("<!-- the end -->")); i >= 0 {
				doc = bytes.TrimSpace(doc[:i])
			}
			_, _, err := wire.DecodePage(doc, pageRoot, pageLimit, keep)
			require.NoError(t, err)
			for end := range doc {
				// Cut the capacity too: reading beyond the end would panic.
				page, tasks, err := wire.DecodePage(doc[:end:end], pageRoot, pageLimit, keep)
				if err == nil || tasks != nil || page.RequestID != "" {
					t.Fatalf("the first %d bytes were taken for a document", end)
				}
				if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 160 {
					t.Fatalf("not a short line: %q", err)
				}
			}
		})
	}
}

func TestNothingAliasesTheDocument(t *testing.T) {
	t.Parallel()
	for _, name := range append(documentNames(t, "pages/*.json"), documentNames(t, "pages/*.xml")...) {
		doc := readDocument(t, name)
		want, err := decodePage(string(doc))
		require.NoError(t, err)
		page, tasks, err := wire.DecodePage(doc, pageRoot, pageLimit, keep)
		require.NoError(t, err)
		clear(doc)
		require.Equal(t, want, answer{page, tasks}, name)
	}
	doc := readDocument(t, "errors/ram.xml")
	env, root, err := wire.DecodeEnvelope(doc)
	require.NoError(t, err)
	clear(doc)
	require.Equal(t, "Error", root)
	require.Equal(t, "Forbidden.RAM", env.Code)
}
