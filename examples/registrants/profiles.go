package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strconv"

	"github.com/domaintask/domaintask"
)

// Profile is a registrant profile: who domain names are registered for, and
// whether that has been verified. The service sends more, such as addresses
// and the numbers of documents; ask for what you need.
//
// See https://api.alibabacloud.com/document/Domain/2018-01-29/QueryRegistrantProfiles
type Profile struct {
	ID             int64  `json:"RegistrantProfileId"`
	Type           string `json:"RegistrantType"` // 1 = a person, 2 = an organization
	Name           string `json:"RegistrantName"`
	Organization   string `json:"RegistrantOrganization"`
	RealNameStatus string `json:"RealNameStatus"`
	Default        bool   `json:"DefaultRegistrantProfile"`
}

// page is what the operation answers with in JSON.
type page struct {
	RequestID      string `json:"RequestId"`
	CurrentPageNum int    `json:"CurrentPageNum"`
	TotalPageNum   int    `json:"TotalPageNum"`
	TotalItemNum   int    `json:"TotalItemNum"`
	NextPage       *bool  `json:"NextPage"` // nil = the service left it out
	List           struct {
		Profiles []Profile `json:"RegistrantProfile"`
	} `json:"RegistrantProfiles"`
}

// hasNext lets the page decide, and where it does not say, the totals.
func (p page) hasNext() bool {
	if p.NextPage != nil {
		return *p.NextPage
	}
	return p.CurrentPageNum < p.TotalPageNum
}

// query reads one page. Do signs, sends, tries again and turns refusals into
// errors; what is left is to know the operation's parameters and its answer.
func query(ctx context.Context, client *domaintask.Client, filter url.Values, pageNum, pageSize int) (page, error) {
	params := url.Values{"PageNum": {strconv.Itoa(pageNum)}, "PageSize": {strconv.Itoa(pageSize)}}
	for name, values := range filter {
		params[name] = values
	}
	raw, err := client.Do(ctx, domaintask.Call{
		Action:     "QueryRegistrantProfiles",
		Params:     params,
		Idempotent: true, // it only reads
	})
	if err != nil {
		return page{}, err
	}
	var p page
	if err := json.Unmarshal(raw.Body, &p); err != nil {
		return page{}, fmt.Errorf("QueryRegistrantProfiles: another answer than documented: %w (request %s)", err, raw.RequestID)
	}
	return p, nil
}

// profiles walks all pages. An error comes last, beside a zero Profile.
func profiles(ctx context.Context, client *domaintask.Client, filter url.Values, pageSize int) iter.Seq2[Profile, error] {
	return func(yield func(Profile, error) bool) {
		for n := 1; ; n++ {
			p, err := query(ctx, client, filter, n, pageSize)
			// Never trust another machine to end a loop.
			if err == nil && p.hasNext() && (p.CurrentPageNum != n || len(p.List.Profiles) == 0) {
				err = fmt.Errorf("QueryRegistrantProfiles: page %d does not lead on to the next one (request %s)", n, p.RequestID)
			}
			if err != nil {
				yield(Profile{}, err)
				return
			}
			for _, profile := range p.List.Profiles {
				if !yield(profile, nil) {
					return
				}
			}
			if !p.hasNext() {
				return
			}
		}
	}
}
