package domaintask

import (
	"cmp"
	"net/netip"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// param is one request parameter, not yet percent-encoded.
type param struct{ name, value string }

// maxValueBytes bounds a single text parameter. Nothing that the service
// issues comes near it, and it keeps the query well below the size at which
// servers begin to refuse one.
const maxValueBytes = 512

// params collects the parameters of one request and the first mistake in them.
type params struct {
	list []param
	err  error
}

// add appends a text parameter. An empty value is omitted.
func (p *params) add(name, value string) {
	if value == "" {
		return
	}
	if reason := badText(value); reason != "" {
		p.fail(name, reason)
	}
	p.list = append(p.list, param{name, value})
}

func (p *params) addInt(name string, value int) {
	p.list = append(p.list, param{name, strconv.Itoa(value)})
}

// addPage adds the page of a list: zeros stand for the first page and for
// DefaultPageSize.
func (p *params) addPage(num, size int) {
	if num < 0 || num > maxPageNum {
		p.fail("PageNum", "must be 0 to "+strconv.Itoa(maxPageNum))
	}
	if size < 0 || size > MaxPageSize {
		p.fail("PageSize", "must be 0 to "+strconv.Itoa(MaxPageSize))
	}
	p.addInt("PageNum", max(num, 1))
	p.addInt("PageSize", cmp.Or(size, DefaultPageSize))
}

func (p *params) addLang(lang Lang) {
	switch lang {
	case "", LangEnglish, LangChinese:
	default:
		p.fail("Lang", `must be "en", "zh" or empty`)
	}
	p.add("Lang", string(lang))
}

func (p *params) addClientIP(ip string) {
	if ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			p.fail("UserClientIp", "must be an IP address")
		}
	}
	p.add("UserClientIp", ip)
}

func (p *params) fail(name, reason string) {
	if p.err == nil {
		p.err = &ParamError{Param: name, Reason: reason}
	}
}

// badText returns what is wrong with a value that no service would accept, or "".
func badText(value string) string {
	if len(value) > maxValueBytes {
		return "is longer than " + strconv.Itoa(maxValueBytes) + " bytes"
	}
	if !utf8.ValidString(value) {
		return "is not valid UTF-8"
	}
	for _, r := range value {
		if unicode.IsControl(r) {
			return "holds a control character"
		}
	}
	return ""
}
