package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// emulated are the profiles of the in-memory service.
var emulated = []Profile{
	{ID: 3600001, Type: "1", Name: "Li Si", RealNameStatus: "SUCCEED", Default: true},
	{ID: 3600002, Type: "2", Name: "Wang Wu", Organization: "Example Tea House", RealNameStatus: "SUCCEED"},
	{ID: 3600003, Type: "2", Name: "Zhang San", Organization: "Example Press", RealNameStatus: "FAILED"},
	{ID: 3600004, Type: "1", Name: "Zhao Liu", RealNameStatus: "NONAUDIT"},
	{ID: 3600005, Type: "1", Name: "Qian Qi", RealNameStatus: "AUDITING"},
}

// emulate answers the one operation that this program uses. Package
// domaintasktest knows the operations that the library has methods for, and
// checks signatures; for others a handler of a few lines serves.
func emulate(w http.ResponseWriter, r *http.Request) {
	params := r.URL.Query()
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	if action := params.Get("Action"); action != "QueryRegistrantProfiles" || params.Get("Signature") == "" {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"Code":"InvalidAction.NotFound","Message":"Specified api is not found.","RequestId":"emulated"}`)
		return
	}

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
	next := end < len(chosen)

	answer := page{RequestID: "emulated", CurrentPageNum: number, TotalItemNum: len(chosen), TotalPageNum: (len(chosen) + size - 1) / size, NextPage: &next}
	answer.List.Profiles = chosen[begin:end]
	json.NewEncoder(w).Encode(answer)
}
