package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/domaintask/domaintask/internal/wire"
	"github.com/stretchr/testify/require"
)

const listRoot = "QueryListResponse"

// TestRows states what the rows of a page are, whatever its list is called.
func TestRows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		json, xml string // beside TotalItemNum
		want      []string
		wantXML   []string
	}{
		"a list in Data": {
			`"Data":{"TaskInfo":[{"N":1},{"N":2}]}`, `<Data><TaskInfo><N>1</N></TaskInfo><TaskInfo><N>2</N></TaskInfo></Data>`,
			[]string{`{"N":1}`, `{"N":2}`}, []string{`<TaskInfo><N>1</N></TaskInfo>`, `<TaskInfo><N>2</N></TaskInfo>`},
		},
		"of one element, with a list in it": {
			`"Data":{"Domain":[{"N":1,"Tag":{"Tag":[{"K":1},{"K":2}]}}]}`, `<Data><Domain><N>1</N><Tag><Tag><K>1</K></Tag><Tag><K>2</K></Tag></Tag></Domain></Data>`,
			[]string{`{"N":1,"Tag":{"Tag":[{"K":1},{"K":2}]}}`}, []string{`<Domain><N>1</N><Tag><Tag><K>1</K></Tag><Tag><K>2</K></Tag></Tag></Domain>`},
		},
		"one element in place of a list": {
			`"Data":{"TaskInfo":{"N":1}}`, `<Data><TaskInfo><N>1</N></TaskInfo></Data>`,
			[]string{`{"N":1}`}, []string{`<TaskInfo><N>1</N></TaskInfo>`},
		},
		"Data is the list": {
			`"Data":[{"N":1},{"N":2}]`, `<Data><N>1</N></Data><Data><N>2</N></Data>`,
			[]string{`{"N":1}`, `{"N":2}`}, []string{`<Data><N>1</N></Data>`, `<Data><N>2</N></Data>`},
		},
		"Data is the only element": {
			`"Data":{"N":1,"Tags":["a","b"],"More":{"K":1}}`, `<Data><N>1</N><Tags>a</Tags><Tags>b</Tags><More><K>1</K></More></Data>`,
			[]string{`{"N":1,"Tags":["a","b"],"More":{"K":1}}`}, []string{`<Data><N>1</N><Tags>a</Tags><Tags>b</Tags><More><K>1</K></More></Data>`},
		},
		"under other names, and not alone": {
			`"Extra":{"A":1},"Success":true,"Profiles":{"Count":2,"Profile":[{"N":1},{"N":2}]}`,
			`<Extra><A>1</A></Extra><Success>true</Success><Profiles><Count>2</Count><Profile><N>1</N></Profile><Profile><N>2</N></Profile></Profiles>`,
			[]string{`{"N":1}`, `{"N":2}`}, []string{`<Profile><N>1</N></Profile>`, `<Profile><N>2</N></Profile>`},
		},
		"of names":        {`"Data":{"Domain":["a.com","b.com"]}`, `<Data><Domain>a.com</Domain><Domain>b.com</Domain></Data>`, []string{`"a.com"`, `"b.com"`}, []string{`<Domain>a.com</Domain>`, `<Domain>b.com</Domain>`}},
		"null in it":      {`"Data":[null,{"N":1}]`, `<Data><N>1</N></Data>`, []string{`{"N":1}`}, []string{`<Data><N>1</N></Data>`}},
		"empty":           {`"Data":{"TaskInfo":[]}`, `<Data></Data>`, nil, nil},
		"an empty object": {`"Data":{}`, `<Data/>`, nil, nil},
		"an empty array":  {`"Data":[]`, ``, nil, nil},
		"an empty text":   {`"Data":""`, `<Data> </Data>`, nil, nil},
		"an empty member": {`"Data":{"TaskInfo":""}`, `<Data><TaskInfo/></Data>`, nil, nil},
		"an empty one":    {`"Data":{"TaskInfo":{}}`, `<Data><TaskInfo></TaskInfo></Data>`, nil, nil},
		"null":            {`"Data":null`, ``, nil, nil},
		"null in Data":    {`"Data":{"TaskInfo":null}`, `<Data><!-- none --></Data>`, nil, nil},
		"text":            {`"Data":"none"`, `<Data>none</Data>`, nil, nil},
		"none":            {`"Other":1`, `<Other>1</Other>`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, rows, err := wire.DecodeRows([]byte(`{"TotalItemNum":"7","NextPage":"true",`+tt.json+`,"CurrentPageNum":1}`), listRoot, 10)
			require.NoError(t, err)
			require.Equal(t, tt.want, texts(rows))
			require.Equal(t, 7, page.TotalItemNum)
			require.Equal(t, 1, page.CurrentPageNum)
			require.True(t, *page.NextPage)

			page, rows, err = wire.DecodeRows([]byte(`<`+listRoot+`><TotalItemNum>7</TotalItemNum>`+tt.xml+`<NextPage>true</NextPage></`+listRoot+`>`), listRoot, 10)
			require.NoError(t, err)
			require.Equal(t, tt.wantXML, texts(rows))
			require.Equal(t, 7, page.TotalItemNum)
			require.True(t, *page.NextPage)
		})
	}
}

func texts(rows [][]byte) (texts []string) {
	for _, row := range rows {
		texts = append(texts, string(row))
	}
	return texts
}

// TestRowsAreProven states which documents are no page of a list.
func TestRowsAreProven(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc   string
		kind  error
		inErr string
	}{
		"of a gateway":    {`{"error":{"code":502}}`, wire.ErrValue, "neither page numbers nor a list"},
		"another list":    {`{"errors":[{"code":502}]}`, wire.ErrValue, "neither page numbers nor a list"},
		"nothing in it":   {`{}`, wire.ErrValue, "neither page numbers nor a list"},
		"only an id":      {`{"RequestId":"R"}`, wire.ErrValue, "neither page numbers nor a list"},
		"another answer":  {`<OtherResponse><TotalItemNum>0</TotalItemNum></OtherResponse>`, wire.ErrValue, "root <OtherResponse>"},
		"cut off":         {`{"TotalItemNum":1,"Data":[{"N":1}`, wire.ErrSyntax, ""},
		"cut off, in XML": {`<QueryListResponse><Data><N>1</N>`, wire.ErrSyntax, ""},
		"with a rest":     {`{"TotalItemNum":1} x`, wire.ErrSyntax, ""},
		"too many":        {`{"Data":[` + strings.Repeat(`{},`, 10) + `{}],"TotalItemNum":11}`, wire.ErrTooMany, "the limit is 10"},
		"too many of XML": {`<QueryListResponse><TotalItemNum>11</TotalItemNum>` + strings.Repeat(`<Data><N>1</N></Data>`, 11) + `</QueryListResponse>`, wire.ErrTooMany, "the limit is 10"},
	} {
		_, rows, err := wire.DecodeRows([]byte(tt.doc), listRoot, 10)
		require.ErrorIs(t, err, tt.kind, name)
		require.ErrorContains(t, err, tt.inErr, name)
		require.Nil(t, rows, name)
	}
	page, rows, err := wire.DecodeRows([]byte(`{"RequestId":"R","Data":[{"N":1}]}`), listRoot, 10)
	require.NoError(t, err)
	require.Equal(t, "R", page.RequestID)
	require.Len(t, rows, 1)
}

// TestRowsOfAnError: an error of the service comes first, even in a document
// that is broken behind it.
func TestRowsOfAnError(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"Code":"Throttling","TotalItemNum":1,"Data":[{"N":1}]}`, `{"Code":"Throttling","Data":[`,
		`<Error><Code>Throttling</Code></Error>`, `<QueryListResponse><Code>Throttling</Code><Data>`,
	} {
		page, rows, err := wire.DecodeRows([]byte(doc), listRoot, 10)
		require.NoError(t, err, doc)
		require.True(t, page.Failed(), doc)
		require.Equal(t, "Throttling", page.Code)
		require.Nil(t, rows)
	}
}

// TestRowsUnparsed: a number that is none does not cost the page.
func TestRowsUnparsed(t *testing.T) {
	t.Parallel()
	page, rows, err := wire.DecodeRows([]byte(`{"RequestId":"R","TotalItemNum":"many","NextPage":"perhaps","Data":[{"N":1}]}`), listRoot, 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, 2, page.UnparsedTotal)
	require.Equal(t, wire.Unparsed{Task: -1, Field: "TotalItemNum", Raw: "many"}, page.Unparsed[0])
	require.Equal(t, wire.Unparsed{Task: -1, Field: "NextPage", Raw: "perhaps"}, page.Unparsed[1])
}

// FuzzRows: rows are parts of the document in its order, and a page is refused
// exactly where the whole document is no answer.
func FuzzRows(f *testing.F) {
	for i := range 4 {
		f.Add([]byte(fmt.Sprintf(`{"RequestId":"R","TotalItemNum":%d,"Data":{"A":[{"N":1},{"N":2}],"B":{"C":[]}}}`, i)))
		f.Add([]byte(fmt.Sprintf(`<QueryListResponse><TotalItemNum>%d</TotalItemNum><Data><A><N>1</N></A><A/></Data></QueryListResponse>`, i)))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		page, rows, err := wire.DecodeRows(doc, listRoot, 10)
		env, _, envErr := wire.DecodeEnvelope(doc)
		if err == nil && !page.Failed() {
			require.NoError(t, envErr)
			require.Equal(t, env, page.Envelope)
		}
		require.LessOrEqual(t, len(rows), 10)
		for rest := doc; len(rows) > 0; rows = rows[1:] {
			i := bytes.Index(rest, rows[0])
			require.GreaterOrEqual(t, i, 0)
			rest = rest[i+len(rows[0]):]
		}
	})
}
