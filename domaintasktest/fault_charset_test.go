package domaintasktest_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// TestCharsets: the bytes are those of the charset, which only one place names.
func TestCharsets(t *testing.T) {
	t.Parallel()
	wide := func(littleEndian bool) func(string) string {
		return func(text string) string {
			var b strings.Builder
			for _, unit := range utf16.Encode([]rune(text)) {
				high, low := byte(unit>>8), byte(unit)
				if littleEndian {
					high, low = low, high
				}
				b.Write([]byte{high, low})
			}
			return b.String()
		}
	}
	big := wide(false)
	text := task("1")
	text.DomainName = "bücher.域名.\U0001f600"
	for _, tt := range []struct {
		name   string
		encode func(text string) string
	}{
		{"UTF-16", func(text string) string { return "\xfe\xff" + big(text) }},
		{"UTF-16BE", big},
		{"UTF-16LE", wide(true)},
		{"ISO-8859-1", strings.NewReplacer("ü", "\xfc", "域", "?", "名", "?", "\U0001f600", "?").Replace},
		{"gbk", strings.NewReplacer("ü", "?", "域", "\xd3\xf2", "名", "\xc3\xfb", "\U0001f600", "?").Replace},
		{"x-unknown", func(text string) string { return text }},
	} {
		for _, format := range []string{"JSON", "XML"} {
			srv := newServer(t, domaintasktest.Options{InMemory: true}, text)
			srv.Inject(domaintasktest.Fault{}, domaintasktest.Charset(tt.name), domaintasktest.DeclaredCharset(tt.name))
			var got []arrival
			for i := range 3 {
				r := rpcRequest(format, url.Values{"PageNum": {"1"}, "PageSize": {"20"}})
				r.signRPC()
				got = append(got, arrive(srv.Config().HTTPClient, r.http(t.Context(), t, srv)))
				require.NoError(t, got[i].bodyErr)
			}
			plain := func(i int) string {
				return strings.Replace(got[0].body, srv.Requests()[0].RequestID, srv.Requests()[i].RequestID, 1)
			}
			const declaration = "<?xml version='1.0' encoding='UTF-8'?>"
			require.Equal(t, tt.encode(strings.TrimPrefix(plain(1), declaration)), got[1].body)
			require.Equal(t, tt.encode(strings.Replace(plain(2), "'UTF-8'", "'"+tt.name+"'", 1)), got[2].body)
			mediaType := map[string]string{"JSON": "application/json", "XML": "text/xml"}[format]
			require.Equal(t, mediaType+";charset="+tt.name, got[1].resp.Header.Get("Content-Type"))
			require.Equal(t, mediaType, got[2].resp.Header.Get("Content-Type"))
			require.Equal(t, format == "XML", strings.HasPrefix(plain(0), declaration))
		}
	}
}

// TestGBKHasAllDescriptions: every Chinese description of a task type can be
// written, and no two characters have one code.
func TestGBKHasAllDescriptions(t *testing.T) {
	t.Parallel()
	codes := map[string]rune{}
	for _, task := range domaintasktest.Tasks(200, 1) {
		srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true}, task)
		chinese := poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{Lang: domaintask.LangChinese}).Tasks[0].TaskTypeDescription
		task.TaskTypeDescription, task.TaskType = chinese, "" // else it is translated back
		body := page(t, domaintasktest.Charset("GBK"), "XML", task)
		_, rest, _ := strings.Cut(body, "<TaskTypeDescription>")
		encoded, _, _ := strings.Cut(rest, "</TaskTypeDescription>")
		for _, r := range chinese {
			length := 1
			if r >= 0x80 {
				length = 2
			}
			code := encoded[:length]
			encoded = encoded[length:]
			require.NotEqual(t, "?", code, string(r))
			require.Contains(t, []rune{0, r}, codes[code])
			codes[code] = r
		}
		require.Empty(t, encoded)
		srv.Close()
	}
	require.Greater(t, len(codes), 40)
}
