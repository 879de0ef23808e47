package wire_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/benchtest"
	"github.com/domaintask/domaintask/internal/wire"
)

// addDocuments seeds a fuzz target with the documents of one format.
func addDocuments(f *testing.F, suffix string) {
	for _, pattern := range []string{"pages/*." + suffix, "errors/*." + suffix} {
		for _, name := range documentNames(f, pattern) {
			f.Add(readDocument(f, name))
		}
	}
}

func isJSON(doc []byte) bool {
	return bytes.HasPrefix(trimStart(doc), []byte("{"))
}

// checkDecoded compares the decoded values with those of the reference. Both must
// refuse the same documents, unless stricter is set: the standard library accepts
// XML documents that this package refuses. failed reports whether the document has
// the Code of an error, after which it may be broken.
func checkDecoded[T any](t *testing.T, doc []byte, stricter bool, got T, failed bool, err error, reference func(node) (T, error)) {
	t.Helper()
	var zero T
	if err != nil {
		require.Equal(t, zero, got, "with an error")
		require.True(t, errors.Is(err, wire.ErrEmpty) || errors.Is(err, wire.ErrNotDocument) || errors.Is(err, wire.ErrSyntax) || errors.Is(err, wire.ErrValue), err)
		for _, r := range err.Error() {
			require.True(t, r >= ' ' && r < 0x7F, "%q", err)
		}
	}
	var root node
	var parsing error
	if isJSON(doc) {
		root, parsing = parseJSON(doc)
	} else {
		root, parsing = parseXML(doc)
	}
	switch {
	case errors.Is(parsing, errUnsure), parsing != nil && failed:
		return
	case parsing != nil && stricter && err == nil && strings.ContainsFunc(string(doc), func(r rune) bool { return r >= utf8.RuneSelf }):
		return // encoding/xml allows fewer letters in names
	case parsing != nil:
		require.Error(t, err, "accepted although the standard library returns: %v", parsing)
		return
	}
	want, refused := reference(root)
	switch {
	case errors.Is(refused, errUnsure):
	case refused != nil:
		require.Error(t, err, "accepted although the reference refuses it")
	case err == nil:
		require.Equal(t, want, got)
	case !stricter:
		require.NoError(t, err, "refused although the reference accepts it")
	}
}

// checkMemory decodes a document and checks that it allocates at most a small
// multiple of its size, plus the memory for a page of tasks.
func checkMemory(t *testing.T, doc []byte, decode func()) {
	t.Helper()
	if len(doc) < 1<<10 {
		return
	}
	before := allocated()
	decode()
	require.LessOrEqual(t, allocated()-before, uint64(8*len(doc)+512<<10), "for %d bytes", len(doc))
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

func checkPage(t *testing.T, doc []byte, stricter bool) {
	t.Helper()
	page, tasks, err := wire.DecodePage(bytes.Clone(doc), pageRoot, pageLimit, keep)
	got := answer{page, tasks}
	unparsed := checkUnparsed(t, got)
	failed := got.Page.Failed()
	got.Page.Envelope, got.Page.Unparsed = got.Page.WithoutRoot(), nil
	checkDecoded(t, doc, stricter, got, failed, err, func(root node) (answer, error) {
		want, notes, err := referencePage(root)
		if err == nil && len(notes) <= 100 {
			require.ElementsMatch(t, notes, unparsed)
		}
		return want, err
	})
	if err != nil || failed {
		return
	}
	got.Page.Denied, got.Page.UnparsedTotal = wire.AccessDenied{}, 0
	again, err := decodePage(got.encodeJSON(t))
	require.NoError(t, err)
	require.Equal(t, got, again, "via JSON")
	if text, ok := got.encodeXML(t); ok {
		again, err := decodePage(text)
		require.NoError(t, err)
		require.Equal(t, got, again, "via XML")
	}
}

// checkUnparsed checks the bounds of the Unparsed list.
func checkUnparsed(t *testing.T, got answer) (where []noted) {
	t.Helper()
	require.Len(t, got.Page.Unparsed, min(got.Page.UnparsedTotal, 100))
	for _, u := range got.Page.Unparsed {
		require.LessOrEqual(t, len(u.Raw), 256)
		require.NotEmpty(t, u.Raw)
		require.Less(t, u.Task, len(got.Tasks))
		if u.Task >= 0 {
			require.Equal(t, got.Tasks[u.Task].TaskDetailNo, u.TaskDetailNo)
		}
		where = append(where, noted{u.Task, u.TaskDetailNo, u.Field})
	}
	return where
}

// written is a response with the names of the service, for encoding by the standard
// library.
type written struct {
	XMLName   xml.Name `json:"-" xml:"PollTaskResultResponse"`
	RequestID string   `json:"RequestId" xml:"RequestId"`
	HostID    string   `json:"HostId" xml:"HostId"`

	Code, Message, Recommend                             string
	CurrentPageNum, PageSize, TotalPageNum, TotalItemNum int
	PrePage, NextPage                                    *bool
	Data                                                 struct{ TaskDetail []benchtest.Task }
}

func (a answer) written() written {
	w := written{
		RequestID: a.Page.RequestID, HostID: a.Page.HostID, Code: a.Page.Code, Message: a.Page.Message, Recommend: a.Page.Recommend,
		CurrentPageNum: a.Page.CurrentPageNum, PageSize: a.Page.PageSize, TotalPageNum: a.Page.TotalPageNum, TotalItemNum: a.Page.TotalItemNum,
		PrePage: a.Page.PrePage, NextPage: a.Page.NextPage,
	}
	for _, task := range a.Tasks {
		w.Data.TaskDetail = append(w.Data.TaskDetail, benchtest.Task(task))
	}
	return w
}

func (a answer) encodeJSON(t *testing.T) string {
	doc, err := json.Marshal(a.written())
	require.NoError(t, err)
	return string(doc)
}

// encodeXML returns false for text that XML cannot represent.
func (a answer) encodeXML(t *testing.T) (string, bool) {
	if strings.ContainsFunc(fmt.Sprint(a), func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF }) {
		return "", false
	}
	doc, err := xml.Marshal(a.written())
	require.NoError(t, err)
	return string(doc), true
}

func fuzzPage(t *testing.T, doc []byte) {
	checkPage(t, doc, !isJSON(doc))
	checkMemory(t, doc, func() { wire.DecodePage(doc, pageRoot, pageLimit, keep) })
}

func FuzzPageJSON(f *testing.F) {
	addDocuments(f, "json")
	for _, doc := range hostileDocuments(100) {
		f.Add([]byte(doc))
	}
	f.Fuzz(fuzzPage)
}

func FuzzPageXML(f *testing.F) {
	addDocuments(f, "xml")
	for _, doc := range hostileDocuments(100) {
		f.Add([]byte(doc))
	}
	f.Fuzz(fuzzPage)
}

func FuzzAcknowledgement(f *testing.F) {
	addDocuments(f, "json")
	addDocuments(f, "xml")
	f.Add([]byte(`{"RequestId":"r","Result":"2","New":[{}]}`))
	f.Add([]byte(`<AcknowledgeTaskResultResponse><RequestId>r</RequestId><Result>N/A</Result></AcknowledgeTaskResultResponse>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := wire.DecodeAcknowledgement(bytes.Clone(doc))
		failed := got.Failed()
		got.Envelope, got.Unparsed = got.WithoutRoot(), nil
		checkDecoded(t, doc, !isJSON(doc), got, failed, err, referenceAcknowledgement)
		checkMemory(t, doc, func() { wire.DecodeAcknowledgement(doc) })
	})
}

func FuzzEnvelope(f *testing.F) {
	addDocuments(f, "json")
	addDocuments(f, "xml")
	f.Add(readDocument(f, "errors/gateway.html"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		type result struct {
			env  wire.Envelope
			root string
		}
		env, root, err := wire.DecodeEnvelope(bytes.Clone(doc))
		checkDecoded(t, doc, !isJSON(doc), result{env.WithoutRoot(), root}, false, err, func(n node) (result, error) {
			env, err := referenceEnvelope(n)
			return result{env, n.name}, err
		})
		prefix, prefixErr := wire.DecodeEnvelopePrefix(bytes.Clone(doc))
		if err == nil && env.Code != "" {
			require.NoError(t, prefixErr)
			require.Equal(t, env, prefix)
		}
		require.Equal(t, prefixErr != nil, prefix.Code == "")
		checkMemory(t, doc, func() { wire.DecodeEnvelopePrefix(doc) })
	})
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("plain text, long enough for words\"\\ \x1f\x7f\x80 修改 <&>"), 3)
	f.Add([]byte("\x02\"\x00\x20\x22\x24\x21\x1e\x1f\xa2\xbc\xdc\xff\x5c\x5d"), 0)
	f.Fuzz(func(t *testing.T, doc []byte, from int) {
		if from < 0 || from > len(doc) {
			return
		}
		slowly := func(stop func(c byte) bool) (int, bool) {
			ascii := true
			for i := from; i < len(doc); i++ {
				if stop(doc[i]) {
					return i, ascii
				}
				ascii = ascii && doc[i] < 0x80
			}
			return len(doc), ascii
		}
		wantEnd, wantASCII := slowly(func(c byte) bool { return c < ' ' || c == '"' || c == '\\' })
		end, ascii := wire.ScanJSON(doc, from)
		require.Equal(t, []any{wantEnd, wantASCII}, []any{end, ascii})
		wantEnd, wantASCII = slowly(func(c byte) bool { return c < ' ' || c == '<' || c == '>' || c == '&' })
		end, ascii = wire.ScanXML(doc, from)
		require.Equal(t, []any{wantEnd, wantASCII}, []any{end, ascii})
	})
}
