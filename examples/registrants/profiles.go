package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
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

// profiles walks all profiles that the filter selects. DoPages reads the pages
// and finds the rows in them. This program knows the parameters of the operation
// and what a row is. An error comes last, with a zero Profile.
func profiles(ctx context.Context, client *domaintask.Client, filter url.Values, pageSize int) iter.Seq2[Profile, error] {
	params := url.Values{"PageSize": {strconv.Itoa(pageSize)}}
	maps.Copy(params, filter)
	return func(yield func(Profile, error) bool) {
		for page, err := range client.DoPages(ctx, domaintask.Call{Action: "QueryRegistrantProfiles", Params: params}) {
			if err != nil {
				yield(Profile{}, err)
				return
			}
			for _, row := range page.Rows {
				var profile Profile
				if err := json.Unmarshal(row, &profile); err != nil {
					yield(Profile{}, fmt.Errorf("QueryRegistrantProfiles: a profile is not as documented: %w (request %s)", err, page.RequestID))
					return
				}
				if !yield(profile, nil) {
					return
				}
			}
		}
	}
}
