package wire_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// An error that is cut off or broken behind its Code still has its Code, and
// the beginning of its Message.
func TestEnvelopePrefix(t *testing.T) {
	t.Parallel()
	full := wire.Envelope{RequestID: "r", Code: "Throttling.User", Message: "slow down"}
	code := wire.Envelope{RequestID: "r", Code: "Throttling.User"}
	denied := wire.Envelope{Code: "Forbidden.RAM", Denied: wire.AccessDenied{AuthAction: "a"}}
	for doc, want := range map[string]wire.Envelope{
		`{"RequestId":"r","Code":"Throttling.User","Message":"slow down"}`:                                                   full,
		`{"RequestId":"r","Code":"Throttling.User","Message":"slow down","Recommend":"htt`:                                   full,
		`{"RequestId":"r","Code":"Throttling.User","Message":"slow down`:                                                     full,
		`{"RequestId":"r","Code":"Throttling.User","Message":"\u0073low down`:                                                full,
		`{"RequestId":"r","Code":"Throttling.User","Message":"`:                                                              code,
		`{"RequestId":"r","Code":"Throttling.User","Mess`:                                                                    code,
		`{"RequestId":"r","Code":"Throttling.User"`:                                                                          code,
		`{"RequestId":"r","Code":"Throttling.User"]}`:                                                                        code,
		`{"RequestId":"r","Code":"Throttling.User"} trailing`:                                                                code,
		`{"RequestId":"r","Code":"Throttling.User","New":` + strings.Repeat(`[`, 100):                                        code,
		`{"RequestId":"r","code":"Throttling.Api","Code":"Throttling.User","code":"x"`:                                       code,
		`{"RequestId":"r","Data":{"TaskDetail":[1]},"Code":"Throttling.User","Data":[`:                                       code,
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":{"AuthAction":"a"},`:                                                   denied,
		`{"Code":"Forbidden.RAM","AccessDeniedDetail":{"AuthAction":"a`:                                                      {Code: "Forbidden.RAM"},
		`<Error><RequestId>r</RequestId><Code>` + "\n Throttling.User " + `</Code><Message> slow down </Message></Error>`:    full,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><Message>slow down</Message></Err`:                       full,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><Message>slow down`:                                      full,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><Message a="b"><![CDATA[slow]]> down`:                    full,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><Message><![CDATA[slow down`:                             full,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><Mess`:                                                   code,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code></Response>`:                                             code,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code><hr>`:                                                    code,
		`<Error><RequestId>r</RequestId><Code>Throttling.User</Code></Error><!DOCTYPE html>`:                                 code,
		`<Response><RequestId>r</RequestId><Code>Throttling.User</Code><Message>`:                                            code,
		`<Error><Code>Forbidden.RAM</Code><AccessDeniedDetail><AuthAction>a</AuthAction></AccessDeniedDetail><Recommend>htt`: denied,
	} {
		got, err := wire.DecodeEnvelopePrefix([]byte(doc))
		require.NoError(t, err, doc)
		require.Equal(t, want, got.WithoutRoot(), doc)
		require.True(t, got.Failed(), doc)
	}
}

// A part of a Code does not count.
func TestEnvelopePrefixWithoutCode(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]error{
		``: wire.ErrEmpty, `[`: wire.ErrNotDocument, `<html><Code>x</Code>`: wire.ErrNotDocument,
		`{}`: wire.ErrValue, `{"Message":"m"}`: wire.ErrValue, `{"Code":" "}`: wire.ErrValue, `{"Code":{}}`: wire.ErrValue,
		`{"Code":"Throttling`: wire.ErrSyntax, `{"Message":"m","Code":`: wire.ErrSyntax, `{"Message":"` + strings.Repeat("m", 1000): wire.ErrSyntax, `{"New":{"Code":"x"},`: wire.ErrSyntax, `{x,"Code":"Throttling"}`: wire.ErrSyntax,
		`<Error/>`: wire.ErrValue, `<Error><Code/></Error>`: wire.ErrValue, `<Error><Message>m</Message></Error>`: wire.ErrValue,
		`<Error><Code>Throttling`: wire.ErrSyntax, `<Error><Code>Throttling<`: wire.ErrSyntax, `<Error><Code><![CDATA[Throttling`: wire.ErrSyntax, `<Error><New><Code>x</Code>`: wire.ErrSyntax, `<!DOCTYPE x><Error><Code>Throttling</Code></Error>`: wire.ErrNotDocument,
	} {
		got, err := wire.DecodeEnvelopePrefix([]byte(doc))
		require.ErrorIs(t, err, want, doc)
		require.Zero(t, got, doc)
	}
}

// partOfEscape matches the rest of an escape or a reference that was cut off.
var partOfEscape = regexp.MustCompile(`(\\[^\\]{0,4}|&[^;]{0,5})$`)

// Every prefix of an error either has all of its Code or is refused.
func TestEveryEnvelopePrefix(t *testing.T) {
	t.Parallel()
	for _, name := range append(documentNames(t, "errors/*.json"), documentNames(t, "errors/*.xml")...) {
		doc := readDocument(t, name)
		want, err := wire.DecodeEnvelopePrefix(doc)
		require.NoError(t, err, name)
		known := 0
		for end := range doc {
			got, err := wire.DecodeEnvelopePrefix(doc[:end:end])
			if err != nil {
				require.Zero(t, got, name)
				continue
			}
			known++
			require.Equal(t, want.Code, got.Code, "%d bytes of %s", end, name)
			message := partOfEscape.ReplaceAllString(got.Message, "")
			require.True(t, strings.HasPrefix(want.Message, message), "%d bytes of %s: %q", end, name, got.Message)
		}
		require.Greater(t, known, len(doc)-bytes.Index(bytes.ToLower(doc), []byte("message")), name)
	}
}

// A Code in a success that is broken behind it is an error of the service, too.
func TestBrokenSuccessWithCode(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"Code":"Throttling.User","Data":{"TaskDetail":[{"TaskNo":`,
		`{"Code":"Throttling.User","Data":{}`,
		`<Error><Code>Throttling.User</Code><Message>`,
		`<Error><Code>` + "\n Throttling.User </Code><Message>",
	} {
		got, err := decodePage(doc)
		require.NoError(t, err, doc)
		require.Equal(t, "Throttling.User", got.Page.Code, doc)
		require.True(t, got.Page.Failed(), doc)
		ack, err := wire.DecodeAcknowledgement([]byte(doc))
		require.NoError(t, err, doc)
		require.Equal(t, "Throttling.User", ack.Code, doc)
	}
	for _, doc := range []string{`{"Code":"OK","Data":{}`, `{"Code":200,"Result":1`, `{"Data":{},"Code":"Thr`} {
		_, err := decodePage(doc)
		require.ErrorIs(t, err, wire.ErrSyntax, doc)
		_, err = wire.DecodeAcknowledgement([]byte(doc))
		require.ErrorIs(t, err, wire.ErrSyntax, doc)
	}
}
