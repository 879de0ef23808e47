package wire_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// utf16Text is text in UTF-16.
func utf16Text(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func xmlPage(declaration, domain string) string {
	return declaration + `<PollTaskResultResponse><Data><TaskDetail><DomainName>` + domain + `</DomainName></TaskDetail></Data></PollTaskResultResponse>`
}

func jsonPage(domain string) string { return `{"Data":[{"DomainName":"` + domain + `"}]}` }

// Supported charsets are decoded: the values equal those of the UTF-8 document, no matter what
// names the charset.
func TestCharsets(t *testing.T) {
	t.Parallel()
	little, big := binary.LittleEndian, binary.BigEndian
	for name, test := range map[string]struct{ doc, contentType, want string }{
		"UTF-8":                             {jsonPage("修改.cn"), "", "修改.cn"},
		"UTF-8, mark":                       {"\xEF\xBB\xBF" + jsonPage("修改.cn"), "text/xml; charset=GBK", "修改.cn"},
		"UTF-8, declared":                   {xmlPage(`<?xml version="1.0" encoding="utf8"?>`, "修改.cn"), "", "修改.cn"},
		"UTF-8, parameter":                  {jsonPage("修改.cn"), "application/json;charset=UTF-8", "修改.cn"},
		"UTF-8, another parameter":          {xmlPage("\n<?xml version='1.0' encoding = 'UTF-8'?>", "修改.cn"), "text/xml; charset=gbk", "修改.cn"},
		"UTF-8, declared as another":        {xmlPage(`<?xml version="1.0" encoding="GBK"?>`, "修改.cn"), "text/xml; charset=utf-8", "修改.cn"},
		"UTF-8, declared as UTF-16":         {xmlPage(`<?xml version="1.0" encoding="utf-16"?>`, "修改.cn"), "", "修改.cn"},
		"UTF-8, Latin by default":           {jsonPage("修改.cn"), "application/json;charset=ISO-8859-1", "修改.cn"},
		"UTF-8, ASCII by default":           {jsonPage("修改.cn"), "text/xml; charset=us-ascii", "修改.cn"},
		"UTF-16LE, mark":                    {"\xFF\xFE" + utf16Text(little, jsonPage("修改😀.cn")), "", "修改😀.cn"},
		"UTF-16BE, mark":                    {"\xFE\xFF" + utf16Text(big, xmlPage(`<?xml version="1.0" encoding="UTF-16"?>`, "修改😀.cn")), "text/xml; charset=utf-16", "修改😀.cn"},
		"UTF-16LE, no mark":                 {utf16Text(little, xmlPage(`<?xml version="1.0" encoding="UTF-16LE"?>`, "修改.cn")), "", "修改.cn"},
		"UTF-16BE, no mark":                 {utf16Text(big, "\n"+jsonPage("修改.cn")), "application/json; charset=utf-16be", "修改.cn"},
		"ISO-8859-1, declared":              {xmlPage(`<?xml version="1.0" encoding="ISO-8859-1"?>`, "b\xFCcher.example"), "", "bücher.example"},
		"ISO-8859-1, parameter":             {jsonPage("b\xFCcher.example"), `application/json; q="1"; Charset="iso-8859-1"; v=1`, "bücher.example"},
		"Windows-1252":                      {jsonPage("\x80 \x93caf\xE9\x94"), "application/json; charset=windows-1252", "€ “café”"},
		"GBK, ASCII only":                   {xmlPage(`<?xml version="1.0" encoding="GBK"?>`, "a.cn"), "text/xml;charset=GBK", "a.cn"},
		"Big5, ASCII only":                  {jsonPage("a.cn"), "application/json; charset=Big5", "a.cn"},
		"no charset, one byte lost":         {jsonPage("a\xFF.cn"), "", "a\uFFFD.cn"},
		"UTF-16, half a pair lost":          {utf16Text(little, jsonPage("a")) + "", "", "a"},
		"Latin with a second declaration":   {xmlPage("<!-- <?xml encoding='GBK'?> -->", "a\xE9"), "text/xml; charset=latin1", "aé"},
		"unknown parameters of ContentType": {jsonPage("é"), "application/json; boundary=charset=gbk; charset", "é"},
	} {
		doc, err := wire.ToUTF8([]byte(test.doc), test.contentType)
		require.NoError(t, err, name)
		got, err := decodePage(string(doc))
		require.NoError(t, err, name)
		require.Len(t, got.Tasks, 1, name)
		require.Equal(t, test.want, got.Tasks[0].DomainName, name)
		require.Equal(t, strings.Count(test.want, "\uFFFD"), got.Page.UnparsedTotal, name)
	}
}

// Any other charset is an error that names it.
func TestUnsupportedCharsets(t *testing.T) {
	t.Parallel()
	const gbk = "\xD0\xDE\xB8\xC4" // 修改
	for name, test := range map[string]struct{ doc, contentType, want string }{
		"GBK, declared":            {xmlPage(`<?xml version="1.0" encoding="GBK"?>`, gbk), "", "GBK"},
		"GBK, blanks before":       {xmlPage("\n <?xml version='1.0' encoding='gbk' standalone='yes'?>", gbk), "text/xml", "gbk"},
		"GB18030, parameter":       {jsonPage(gbk), "application/json; charset=GB18030", "GB18030"},
		"GBK, in valid UTF-8":      {jsonPage("修改"), "application/json; charset=GBK", "GBK"},
		"GBK, declared as UTF-8":   {xmlPage(`<?xml version="1.0" encoding="UTF-8"?>`, gbk), "text/xml; charset=GBK", "GBK"},
		"GBK, UTF-8 as parameter":  {xmlPage(`<?xml version="1.0" encoding="GBK"?>`, gbk), "text/xml; charset=UTF-8", "GBK"},
		"declared before stamped":  {xmlPage(`<?xml version="1.0" encoding="Big5"?>`, gbk), "text/xml; charset=GBK", "Big5"},
		"UTF-7":                    {jsonPage("+AGEA-"), "application/json; charset=UTF-7", "UTF-7"},
		"ISO-2022-JP":              {jsonPage("\x1b$B=$2~\x1b(B"), "application/json; charset=ISO-2022-JP", "ISO-2022-JP"},
		"UTF-32LE":                 {"\xFF\xFE\x00\x00{\x00\x00\x00}\x00\x00\x00", "", "UTF-32"},
		"UTF-32BE":                 {"\x00\x00\xFE\xFF\x00\x00\x00{\x00\x00\x00}", "", "UTF-32"},
		"UTF-32LE, no mark":        {"{\x00\x00\x00}\x00\x00\x00", "application/json; charset=utf-32le", "UTF-32"},
		"a long name":              {jsonPage(gbk), "text/xml; charset=" + strings.Repeat("x", 1000), "a long name"},
		"a name that is not ASCII": {jsonPage(gbk), "text/xml; charset=\xff\n", "an unprintable name"},
	} {
		doc, err := wire.ToUTF8([]byte(test.doc), test.contentType)
		require.ErrorIs(t, err, wire.ErrCharset, name)
		require.EqualError(t, err, "unsupported charset: "+test.want, name)
		require.Equal(t, test.doc, string(doc), name)
	}
}

// Invalid UTF-16 is listed like invalid UTF-8.
func TestBrokenUTF16(t *testing.T) {
	t.Parallel()
	half := "\xFF\xFE" + strings.Replace(utf16Text(binary.LittleEndian, jsonPage("a?b")), "?\x00", "\x3D\xD8", 1)
	doc, err := wire.ToUTF8([]byte(half), "")
	require.NoError(t, err)
	got, err := decodePage(string(doc))
	require.NoError(t, err)
	require.Equal(t, "a\uFFFDb", got.Tasks[0].DomainName)
	require.Equal(t, unparsed(0, "", "DomainName", "a\xFFb"), got.Page.Unparsed)

	doc, err = wire.ToUTF8([]byte(half[:len(half)-1]), "")
	require.NoError(t, err)
	_, err = decodePage(string(doc))
	require.ErrorIs(t, err, wire.ErrSyntax)
}

// A document that was converted does not declare another charset.
func TestConvertedDocumentsDeclareNothing(t *testing.T) {
	t.Parallel()
	want := xmlPage("", "é")
	for _, declaration := range []string{`<?xml version="1.0" encoding="ISO-8859-1"?>`, "\n<?xml version='1.0' encoding='latin1' ?>"} {
		doc, err := wire.ToUTF8([]byte(xmlPage(declaration, "\xE9")), "")
		require.NoError(t, err)
		require.Equal(t, want, string(doc))
	}
}
