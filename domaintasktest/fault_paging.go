package domaintasktest

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
)

// The faults in this file are in what the service says, in valid responses.

// CutPages sends at most n tasks a page, for a page number that counts pages of
// this size. PageSize and TotalPageNum ignore that, and NextPage and PrePage are
// omitted. Options.PageSizeLimit is the honest limit.
func CutPages(n int) Fault {
	n = max(n, 1)
	return Fault{name: fmt.Sprintf("CutPages %d", n), operate: func(perform operate) operate {
		return func(params url.Values) (document, *failure) {
			asked, err := strconv.Atoi(params.Get("PageSize"))
			if err != nil || asked <= n {
				return perform(params)
			}
			params = maps.Clone(params)
			params.Set("PageSize", strconv.Itoa(n))
			doc, failed := perform(params)
			if page, ok := doc.(*pageDocument); ok && failed == nil {
				page.PageSize, page.TotalPageNum = asked, (page.TotalItemNum+asked-1)/asked
				page.PrePage, page.NextPage = nil, nil
			}
			return doc, failed
		}
	}}
}

// CyclicPages sends the first n pages again and again. Each has the number that
// was requested and a NextPage.
func CyclicPages(n int) Fault {
	n = max(n, 1)
	return Fault{name: fmt.Sprintf("CyclicPages %d", n), operate: func(perform operate) operate {
		return func(params url.Values) (document, *failure) {
			asked, err := strconv.Atoi(params.Get("PageNum"))
			if err != nil || asked < 1 {
				return perform(params)
			}
			params = maps.Clone(params)
			params.Set("PageNum", strconv.Itoa((asked-1)%n+1))
			doc, failed := perform(params)
			if page, ok := doc.(*pageDocument); ok && failed == nil {
				pre, next := asked > 1, true
				page.CurrentPageNum, page.PrePage, page.NextPage = asked, &pre, &next
			}
			return doc, failed
		}
	}}
}

// IgnoreAcknowledge answers an acknowledgement with Result 0. The tasks stay
// listed. It applies to AcknowledgeTaskResult only.
func IgnoreAcknowledge() Fault {
	return Fault{
		name:    "IgnoreAcknowledge",
		action:  "AcknowledgeTaskResult",
		before:  true,
		respond: func() document { return &acknowledgeDocument{} },
	}
}
