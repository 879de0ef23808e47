package main

import (
	"cmp"
	"net/url"
	"strconv"

	"github.com/domaintask/domaintask/domaintasktest"
)

// emulated are the profiles of the in-memory service.
var emulated = []Profile{
	{ID: 3600001, Type: "1", Name: "Li Si", RealNameStatus: "SUCCEED", Default: true},
	{ID: 3600002, Type: "2", Name: "Wang Wu", Organization: "Example Tea House", RealNameStatus: "SUCCEED"},
	{ID: 3600003, Type: "2", Name: "Zhang San", Organization: "Example Press", RealNameStatus: "FAILED"},
	{ID: 3600004, Type: "1", Name: "Zhao Liu", RealNameStatus: "NONAUDIT"},
	{ID: 3600005, Type: "1", Name: "Qian Qi", RealNameStatus: "AUDITING"},
}

// emulate returns a service that also performs the operation of this program.
func emulate() *domaintasktest.Server {
	service := domaintasktest.NewServer()
	service.Handle("QueryRegistrantProfiles", "", list)
	return service
}

// list answers with one page of the profiles that the parameters select.
func list(params url.Values) (any, error) {
	var chosen []Profile
	for _, profile := range emulated {
		if status := params.Get("RealNameStatus"); status == "" || status == profile.RealNameStatus {
			chosen = append(chosen, profile)
		}
	}
	number, _ := strconv.Atoi(params.Get("PageNum"))
	size, _ := strconv.Atoi(params.Get("PageSize"))
	number, size = max(number, 1), cmp.Or(max(size, 0), 20)
	begin := min((number-1)*size, len(chosen))
	end := min(begin+size, len(chosen))
	return map[string]any{
		"CurrentPageNum": number, "PageSize": size, "NextPage": end < len(chosen),
		"TotalItemNum": len(chosen), "TotalPageNum": (len(chosen) + size - 1) / size,
		"RegistrantProfiles": map[string]any{"RegistrantProfile": chosen[begin:end]},
	}, nil
}
