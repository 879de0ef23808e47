package domaintask

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/maphash"
	"iter"
	"math"
	"strconv"

	"github.com/domaintask/domaintask/internal/paging"
	"github.com/domaintask/domaintask/internal/wire"
)

const (
	// usualRawPageSize is the PageSize of a walk over raw pages that gives none.
	// The operations have limits of their own, and some do not document them.
	usualRawPageSize = 100
	// maxRawPageSize is the largest that any operation documents:
	// QueryRegistrantProfiles.
	maxRawPageSize = 5000
)

// RawPage is one page of the list of any operation.
type RawPage struct {
	RawResponse

	// These are 0 or nil if the service left them out, but for
	// CurrentPageNum, which is then the page that was requested.
	CurrentPageNum int
	PageSize       int
	TotalPageNum   int
	TotalItemNum   int
	PrePage        *bool
	NextPage       *bool

	// Rows are the elements of the list, in the order of the service: parts of
	// Body, each one JSON value or one XML element.
	Rows [][]byte

	// Unparsed lists page numbers, totals and flags that could not be read, at
	// most 100 values; UnparsedTotal is their number. The rows are not parsed.
	Unparsed      []UnparsedValue
	UnparsedTotal int
}

// DoPages walks the pages of an operation that has no method here and that
// takes PageNum and PageSize, such as QueryTaskList, QueryDomainList,
// QueryAdvancedDomainList, QueryChangeLogList, QueryTransferInList,
// QueryRegistrantProfiles, QueryOperationAuditInfoList, ListEmailVerification
// and ListServerLock. It ends as [Client.Pages] does and has the same errors and
// options. A page that is reread because rows have moved is yielded again.
//
// PageNum in call.Params is the page to begin at; without it, that is the first.
// PageSize there applies, from 1 to 5000 if the operation takes as many. Without
// it, the walk uses 100, or less if WithMaxItems asks for less. A walk only
// reads, so calls are repeated as if Idempotent were set. The params are copied.
//
// A page is read as tolerantly as one of PollTaskResult: numbers and booleans
// may be strings, and a list of one element may be that element. The list may
// have any name. It is the list next to the envelope, or in an object next to it:
// Data.TaskInfo, Data, RegistrantProfiles.RegistrantProfile. If there are
// several, it is the longest. An answer without a list, page numbers and totals
// is a [*DecodeError], as is one with more than 5000 rows.
//
// Rows are distinguished by their bytes. Operations with cursors, such as
// QueryTaskDetailHistory, are for [Client.Do].
func (c *Client) DoPages(ctx context.Context, call Call, opts ...Option) iter.Seq2[*RawPage, error] {
	o, invalid := newOptions(pagesTakes, opts)
	plan, err := c.rawPlan(call, o)
	invalid = cmp.Or(invalid, err)
	return func(yield func(*RawPage, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		for p, err := range plan.limited(ctx) {
			if !yield(p.page, err) {
				return
			}
		}
	}
}

// rawPlan checks the call and returns the plan of a walk over its pages.
func (c *Client) rawPlan(call Call, o options) (plan walkPlan[*RawPage], err error) {
	all, err := call.params()
	if err != nil {
		return plan, err
	}
	call.Idempotent = true
	var params []param
	var num, size int
	for _, p := range all {
		switch p.name {
		case "PageNum":
			num, err = pageParam(p, maxPageNum)
		case "PageSize":
			size, err = pageParam(p, maxRawPageSize)
		default:
			params = append(params, p)
		}
		if err != nil {
			return plan, err
		}
	}
	return walkPlan[*RawPage]{
		client: c, options: o, first: max(num, 1), size: o.pageSize(num, size, usualRawPageSize),
		fetch: func(ctx context.Context, num, size int) (p walkPage[*RawPage], err error) {
			p.page, p.attempts, err = c.rawPage(ctx, call, params, num, size)
			if err == nil {
				p.tasks, p.facts = len(p.page.Rows), p.page.facts()
			}
			return p, err
		},
	}, nil
}

// pageParam returns the value of a parameter that counts from 1.
func pageParam(p param, most int) (int, error) {
	n, err := strconv.Atoi(p.value)
	if err != nil || n < 1 || n > most {
		return 0, &ParamError{Param: p.name, Reason: "must be 1 to " + strconv.Itoa(most)}
	}
	return n, nil
}

// rawPage reads one page. It also returns the number of attempts.
func (c *Client) rawPage(ctx context.Context, call Call, params []param, num, size int) (*RawPage, int, error) {
	if num > math.MaxInt32/size { // positions of rows stay within 32 bits
		return nil, 0, &ParamError{Param: "PageNum", Reason: "must be 1 to " + strconv.Itoa(math.MaxInt32/size)}
	}
	page := new(RawPage)
	paged := append(params[:len(params):len(params)], param{"PageNum", strconv.Itoa(num)}, param{"PageSize", strconv.Itoa(size)})
	raw, attempts, err := c.doRaw(ctx, call, paged, func(body []byte) (wire.Envelope, error) {
		p, rows, err := wire.DecodeRows(body, call.Action+"Response", maxRawPageSize)
		*page = RawPage{
			CurrentPageNum: cmp.Or(p.CurrentPageNum, num),
			PageSize:       p.PageSize,
			TotalPageNum:   p.TotalPageNum,
			TotalItemNum:   p.TotalItemNum,
			PrePage:        p.PrePage,
			NextPage:       p.NextPage,
			Rows:           rows,
			Unparsed:       unparsedValues(p.Unparsed),
			UnparsedTotal:  p.UnparsedTotal,
		}
		return p.Envelope, err
	})
	if err != nil {
		return nil, attempts, err
	}
	page.RawResponse = *raw
	c.warnUnparsed(ctx, call.Action, page.RequestID, page.Unparsed, page.UnparsedTotal)
	return page, attempts, nil
}

// facts returns what the page says of the list.
func (p *RawPage) facts() paging.Page {
	rows := make([]paging.ID, len(p.Rows))
	for i, row := range p.Rows {
		for n, seed := range identitySeeds {
			binary.NativeEndian.PutUint64(rows[i][8*n:], maphash.Bytes(seed, row))
		}
	}
	return paging.Page{Num: p.CurrentPageNum, Size: p.PageSize, Items: p.TotalItemNum, Pages: p.TotalPageNum, Next: p.NextPage, Rows: rows}
}
