package domaintask

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reason returns the service's explanation of how the task ended, in a form
// that can be counted: without a leading code, without the period at the end,
// with single spaces. "DomainLocked: The domain name is locked." and "The domain
// name is locked" are one reason. It comes from ErrorMsg, or else from
// FailReason, or else from TaskResult. It is the code if there is nothing else,
// and "" if the task says nothing. A task that succeeded has one, too.
//
// The text is in the language of the request.
func (t TaskDetail) Reason() string {
	_, message := splitReason(t.ErrorMsg)
	code, other := splitReason(t.FailReason)
	if message == t.ReasonCode() { // only the code again
		message = ""
	}
	return cmp.Or(message, other, code, clean(t.TaskResult))
}

// ReasonCode returns the code of Reason, such as DomainLocked, or "" if the
// service gives none: most failures have only a message.
func (t TaskDetail) ReasonCode() string {
	code, _ := splitReason(t.FailReason)
	if code == "" {
		code, _ = splitReason(t.ErrorMsg)
	}
	return code
}

// splitReason splits "Code: message". A text that is only a code has no
// message.
func splitReason(text string) (code, message string) {
	text = clean(text)
	code = text
	if colon := strings.IndexAny(text, ":："); colon >= 0 {
		_, size := utf8.DecodeRuneInString(text[colon:])
		code, message = text[:colon], text[colon+size:]
	}
	if !looksLikeCode(code) {
		return "", text
	}
	return code, clean(message)
}

// clean removes white space around, repeated white space within, and the
// punctuation at the end.
func clean(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.TrimRightFunc(text, func(r rune) bool { return strings.ContainsRune(".。:：", r) || unicode.IsSpace(r) })
}

// looksLikeCode reports whether word is written as the service writes codes: a
// single word of ASCII with a capital or a joining sign after the first letter,
// as in DomainLocked, DOMAIN_LOCKED and Domain.Locked.
func looksLikeCode(word string) bool {
	inner := false
	for i, r := range word {
		switch {
		case 'A' <= r && r <= 'Z', strings.ContainsRune("._-", r):
			inner = inner || i > 0
		case 'a' <= r && r <= 'z':
		case '0' <= r && r <= '9':
			if i == 0 {
				return false
			}
		default:
			return false
		}
	}
	return inner
}
