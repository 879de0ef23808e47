package domaintask_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// rawList answers an operation with pages of n rows. wrap puts the rows where
// the operation has them, and text makes every value a string.
type rawList struct {
	n    int
	wrap func(rows any) map[string]any
	text bool

	mu    sync.Mutex
	asked []url.Values
}

func inside(path ...string) func(rows any) map[string]any {
	return func(rows any) map[string]any {
		for _, name := range slices.Backward(path) {
			rows = map[string]any{name: rows}
		}
		return rows.(map[string]any)
	}
}

func (l *rawList) respond(params url.Values) (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, params)
	num, _ := strconv.Atoi(params.Get("PageNum"))
	size, _ := strconv.Atoi(params.Get("PageSize"))
	begin, end := min((num-1)*size, l.n), min(num*size, l.n)
	rows := []any{}
	for i := begin; i < end; i++ {
		rows = append(rows, map[string]any{"Id": fmt.Sprint("row-", i+1), "Other": map[string]any{"Tag": []string{"a", "b"}}})
	}
	answer := l.wrap(rows)
	for name, value := range map[string]any{
		"TotalItemNum": l.n, "CurrentPageNum": num, "TotalPageNum": (l.n + size - 1) / size, "PageSize": size,
		"PrePage": num > 1, "NextPage": end < l.n,
	} {
		if l.text {
			value = fmt.Sprint(value)
		}
		answer[name] = value
	}
	return answer, nil
}

func (l *rawList) nums() (nums []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, params := range l.asked {
		nums = append(nums, params.Get("PageNum"))
	}
	return nums
}

// handling returns a client of a service whose QueryList answers so.
func handling(t *testing.T, respond func(url.Values) (any, error)) *domaintask.Client {
	t.Helper()
	server := domaintasktest.NewServer()
	t.Cleanup(server.Close)
	server.Handle("QueryList", "", respond)
	return newClient(t, server.Config())
}

// rowIDs decodes the rows of a page in either format.
func rowIDs(t *testing.T, page *domaintask.RawPage) (ids []string) {
	t.Helper()
	for _, row := range page.Rows {
		var value struct {
			ID string `json:"Id" xml:"Id"`
		}
		if row[0] == '<' {
			require.NoError(t, xml.Unmarshal(row, &value))
		} else {
			require.NoError(t, json.Unmarshal(row, &value))
		}
		ids = append(ids, value.ID)
	}
	return ids
}

func rowNames(n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprint("row-", i+1))
	}
	return ids
}

// TestDoPagesOfEveryOperation walks the operations with this envelope, in both
// formats: pages of many rows, one row and none.
func TestDoPagesOfEveryOperation(t *testing.T) {
	t.Parallel()
	for action, wrap := range map[string]func(any) map[string]any{
		"QueryTaskList":               inside("Data", "TaskInfo"),
		"QueryDomainList":             inside("Data", "Domain"),
		"QueryAdvancedDomainList":     inside("Data", "Domain"),
		"QueryChangeLogList":          inside("Data", "ChangeLog"),
		"QueryTransferInList":         inside("Data", "TransferInInfo"),
		"QueryRegistrantProfiles":     inside("RegistrantProfiles", "RegistrantProfile"),
		"QueryOperationAuditInfoList": inside("Data"),
		"ListEmailVerification":       inside("Data"),
		"ListServerLock":              inside("Data"),
	} {
		for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
			for n, pages := range map[int][]string{25: {"1", "2", "3"}, 11: {"1", "2"}, 1: {"1"}, 0: {"1"}} {
				t.Run(fmt.Sprint(action, "/", format, "/", n), func(t *testing.T) {
					t.Parallel()
					list := &rawList{n: n, wrap: wrap, text: action == "QueryOperationAuditInfoList"}
					server := domaintasktest.NewServer()
					t.Cleanup(server.Close)
					server.Handle(action, "", list.respond)
					config := server.Config()
					config.Format = format
					var ids []string
					call := domaintask.Call{Action: action, Params: url.Values{"PageSize": {"10"}, "Filter": {"x"}}}
					for page, err := range newClient(t, config).DoPages(t.Context(), call) {
						require.NoError(t, err)
						ids = append(ids, rowIDs(t, page)...)
						require.Equal(t, n, page.TotalItemNum)
						require.Equal(t, 10, page.PageSize)
						require.NotNil(t, page.NextPage)
						require.Zero(t, page.UnparsedTotal)
						require.Equal(t, http.StatusOK, page.StatusCode)
						require.NotEmpty(t, page.RequestID)
						require.NotEmpty(t, page.Body)
					}
					require.Equal(t, rowNames(n), ids)
					require.Equal(t, pages, list.nums())
					require.Equal(t, "x", list.asked[0].Get("Filter"))
					require.Equal(t, url.Values{"PageSize": {"10"}, "Filter": {"x"}}, call.Params, "params are not changed")
				})
			}
		}
	}
}

// TestDoPagesSizes states which page sizes are asked for, and where the walk
// begins.
func TestDoPagesSizes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		params  url.Values
		options []domaintask.Option
		size    string
		nums    []string
		rows    int
	}{
		"by default":               {nil, nil, "100", []string{"1", "2", "3"}, 250},
		"as asked":                 {url.Values{"PageSize": {"50"}}, nil, "50", []string{"1", "2", "3", "4", "5"}, 250},
		"more than a thousand":     {url.Values{"PageSize": {"5000"}}, nil, "5000", []string{"1"}, 250},
		"from a page":              {url.Values{"PageNum": {"3"}}, nil, "100", []string{"3"}, 50},
		"a few items":              {nil, []domaintask.Option{domaintask.WithMaxItems(5)}, "5", []string{"1"}, 5},
		"items, as asked":          {url.Values{"PageSize": {"50"}}, []domaintask.Option{domaintask.WithMaxItems(60)}, "50", []string{"1", "2"}, 100},
		"items from a later page":  {url.Values{"PageNum": {"2"}}, []domaintask.Option{domaintask.WithMaxItems(60)}, "100", []string{"2"}, 100},
		"strict, and no complaint": {nil, []domaintask.Option{domaintask.WithStrictPaging()}, "100", []string{"1", "2", "3"}, 250},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := &rawList{n: 250, wrap: inside("Data", "Row")}
			rows := 0
			for page, err := range handling(t, list.respond).DoPages(t.Context(), domaintask.Call{Action: "QueryList", Params: tt.params}, tt.options...) {
				require.NoError(t, err)
				rows += len(page.Rows)
			}
			require.Equal(t, tt.rows, rows)
			require.Equal(t, tt.nums, list.nums())
			require.Equal(t, tt.size, list.asked[0].Get("PageSize"))
		})
	}
}

func TestDoPagesPrefetchAndProgress(t *testing.T) {
	t.Parallel()
	list := &rawList{n: 1000, wrap: inside("Data", "Row")}
	var last domaintask.Progress
	var ids []string
	for page, err := range handling(t, list.respond).DoPages(t.Context(), domaintask.Call{Action: "QueryList"},
		domaintask.WithPrefetch(4), domaintask.WithProgress(func(p domaintask.Progress) { last = p })) {
		require.NoError(t, err)
		ids = append(ids, rowIDs(t, page)...)
	}
	require.Equal(t, rowNames(1000), ids)
	require.Equal(t, domaintask.Progress{Pages: 10, Items: 1000, TotalPages: 10, TotalItems: 1000, Attempts: 10}, last)
}

// TestDoPagesAreTriedAgain: a walk reads, whatever Idempotent says.
func TestDoPagesAreTriedAgain(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer()
	t.Cleanup(server.Close)
	list := &rawList{n: 3, wrap: inside("Data")}
	server.Handle("QueryList", "", list.respond)
	server.Inject(domaintasktest.ResetAfter(10))
	rows := 0
	for page, err := range newClient(t, server.Config()).DoPages(t.Context(), domaintask.Call{Action: "QueryList"}) {
		require.NoError(t, err)
		rows += len(page.Rows)
	}
	require.Equal(t, 3, rows)
	require.Equal(t, []string{"1", "1"}, list.nums())
}

// TestDoPagesOfOddServices states where a walk goes on and where it ends, by
// documents of page 1, 2 and so on.
func TestDoPagesOfOddServices(t *testing.T) {
	t.Parallel()
	const two = `{"CurrentPageNum":%d,"TotalPageNum":2,"Data":[{"Id":"%d"}]}`
	for name, tt := range map[string]struct {
		pages []string // the last one stays
		asks  int
		want  error
	}{
		"no flag, so the totals decide": {[]string{fmt.Sprintf(two, 1, 1), fmt.Sprintf(two, 2, 2)}, 2, nil},
		"no numbers but the rows":       {[]string{`{"RequestId":"R","Data":[{"Id":"1"}]}`}, 1, nil},
		"page sizes are cut": {[]string{`{"TotalItemNum":3,"TotalPageNum":1,"PageSize":100,"Data":[{"Id":"1"}]}`,
			`{"TotalItemNum":3,"TotalPageNum":1,"PageSize":100,"Data":[{"Id":"2"}]}`, `{"TotalItemNum":3,"TotalPageNum":1,"PageSize":100,"Data":[{"Id":"3"}]}`}, 3, nil},
		"always the same rows":     {[]string{`{"NextPage":true,"Data":[{"Id":"1"}]}`}, 4, domaintask.ErrPaging},
		"another page":             {[]string{`{"CurrentPageNum":7,"NextPage":true,"Data":[{"Id":"1"}]}`}, 1, domaintask.ErrPaging},
		"empty pages that go on":   {[]string{`{"NextPage":true,"Data":{"Row":[]}}`}, 3, domaintask.ErrPaging},
		"the flag denies the rest": {[]string{`{"NextPage":"false","TotalItemNum":9,"TotalPageNum":9,"PageSize":"1","Data":[{"Id":"1"}]}`}, 1, domaintask.ErrPaging},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			client := handling(t, func(params url.Values) (any, error) {
				asked++
				num, _ := strconv.Atoi(params.Get("PageNum"))
				return json.RawMessage(tt.pages[min(num, len(tt.pages))-1]), nil
			})
			var last error
			for page, err := range client.DoPages(t.Context(), domaintask.Call{Action: "QueryList"}, domaintask.WithStrictPaging()) {
				if last = err; err != nil {
					require.Nil(t, page)
				}
			}
			require.LessOrEqual(t, asked, tt.asks)
			if tt.want == nil {
				require.NoError(t, last)
				require.Equal(t, tt.asks, asked)
				return
			}
			require.ErrorIs(t, last, tt.want)
			var walkErr *domaintask.WalkError
			require.ErrorAs(t, last, &walkErr)
		})
	}
}

// TestDoPagesOfAnswersThatAreNone: success is proven, and an odd number does not
// cost the page.
func TestDoPagesOfAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"errors":[{"code":502}]}`: "neither page numbers nor a list",
		`<PollTaskResultResponse><TotalItemNum>0</TotalItemNum></PollTaskResultResponse>`: "root <PollTaskResultResponse> instead of <QueryListResponse>",
		`{"TotalItemNum":1,"Data":[{"Id":`:                                                "unexpected end",
	} {
		client := handling(t, func(url.Values) (any, error) { return []byte(document), nil })
		for _, err := range client.DoPages(t.Context(), domaintask.Call{Action: "QueryList"}, domaintask.WithMaxItems(1)) {
			var decodeErr *domaintask.DecodeError
			require.ErrorAs(t, err, &decodeErr, document)
			require.ErrorContains(t, err, want)
		}
	}
	client := handling(t, func(url.Values) (any, error) {
		return json.RawMessage(`{"TotalItemNum":"many","Data":[{"Id":"1"}]}`), nil
	})
	for page, err := range client.DoPages(t.Context(), domaintask.Call{Action: "QueryList"}) {
		require.NoError(t, err)
		require.Equal(t, []string{"1"}, rowIDs(t, page))
		require.Equal(t, []domaintask.UnparsedValue{{Task: -1, Field: "TotalItemNum", Raw: "many"}}, page.Unparsed)
		require.Equal(t, 1, page.UnparsedTotal)
		require.Equal(t, 1, page.CurrentPageNum)
	}
}

func TestDoPagesIsChecked(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for _, tt := range []struct {
		param string
		call  domaintask.Call
	}{
		{"Action", domaintask.Call{}},
		{"PageNum", domaintask.Call{Action: "QueryList", Params: url.Values{"PageNum": {"0"}}}},
		{"PageNum", domaintask.Call{Action: "QueryList", Params: url.Values{"PageNum": {"first"}}}},
		{"PageNum", domaintask.Call{Action: "QueryList", Params: url.Values{"PageNum": {"2000000"}, "PageSize": {"5000"}}}},
		{"PageSize", domaintask.Call{Action: "QueryList", Params: url.Values{"PageSize": {"5001"}}}},
		{"PageSize", domaintask.Call{Action: "QueryList", Params: url.Values{"PageSize": {"10", "20"}}}},
		{"Format", domaintask.Call{Action: "QueryList", Params: url.Values{"Format": {"XML"}}}},
	} {
		calls := 0
		for page, err := range client.DoPages(t.Context(), tt.call) {
			calls++
			var paramErr *domaintask.ParamError
			require.ErrorAs(t, err, &paramErr, tt.call)
			require.Equal(t, tt.param, paramErr.Param)
			require.Nil(t, page)
		}
		require.Equal(t, 1, calls)
	}
}
