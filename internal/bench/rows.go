package main

// row is one line of the table: a metric of one benchmark, compared with another
// benchmark or with a number.
type row struct {
	work   string
	ours   string // benchmarks, by name; both have the same text before the first slash
	theirs string // if empty, ours is compared with limit
	metric string
	limit  float64 // in the unit of the metric; if 0, ours is compared with theirs

	atLeast float64 // the goal: times less than theirs; if 0, the goal is atMost
	atMost  float64 // the goal: times theirs or the limit; 0 means no goal
}

const (
	cpu    = "cpu-ns/op"
	wall   = "ns/op"
	allocs = "allocs/op"
	peak   = "peak-MiB"
)

// idealWalk is the time for a hundred pages of 50 ms with always eight in flight.
const idealWalk = 100.0 / 8 * 50e6

// drains is the name of the rows with virtual time.
const drains = "Drain"

// goals are the rows in the README.
var goals = []row{
	{work: "build and sign, access key: CPU", ours: "Sign/AK/ours", theirs: "Sign/AK/sdk", metric: cpu, atLeast: 12},
	{work: "build and sign, STS token: CPU", ours: "Sign/STS/ours", theirs: "Sign/STS/sdk", metric: cpu, atLeast: 12},
	{work: "build and sign: allocations", ours: "Sign/AK/ours", metric: allocs, limit: 8, atMost: 1},
	{work: "decode 1000 tasks in JSON: CPU", ours: "Decode/JSON/plain/1000/ours", theirs: "Decode/JSON/plain/1000/sdk", metric: cpu, atLeast: 4.5},
	{work: "the same, a quarter with Chinese text and escapes", ours: "Decode/JSON/mixed/1000/ours", theirs: "Decode/JSON/mixed/1000/sdk", metric: cpu, atLeast: 4.5},
	{work: "decode 1000 tasks in XML: CPU", ours: "Decode/XML/plain/1000/ours", theirs: "Decode/XML/plain/1000/sdk", metric: cpu, atLeast: 20},
	{work: "the same, a quarter with Chinese text and entities", ours: "Decode/XML/mixed/1000/ours", theirs: "Decode/XML/mixed/1000/sdk", metric: cpu, atLeast: 20},
	{work: "whole call, 20 tasks: CPU", ours: "Call/20/ours", theirs: "Call/20/discard", metric: cpu, atMost: 1.5},
	{work: "whole call, 1000 tasks: CPU", ours: "Call/1000/ours", theirs: "Call/1000/sdk", metric: cpu, atLeast: 2.5},
	{work: "walk 100 × 1000 tasks at 50 ms a page, `WithPrefetch(8)`: time", ours: "Walk/50ms/prefetch8", metric: wall, limit: idealWalk, atMost: 1.25},
	{work: "walk a million tasks, `WithoutDedupe`: most heap in use", ours: "WalkHeap/1000000", metric: peak, limit: 16, atMost: 1},
	{work: "drain 100,000 tasks at 50 ms a call: virtual time", ours: drains + "/tasks", metric: wall, limit: 5.5e9, atMost: 1},
	{work: "drain 1000 tasks of 10 ms by 10 handlers at 200 ms a call: virtual time", ours: drains + "/handlers", metric: wall, limit: 1.65e9, atMost: 1},
	{work: "drain 40,000 tasks in batches of a page, 60 ms a transaction, 50 ms a call: virtual time", ours: drains + "/batches", metric: wall, limit: 3.5e9, atMost: 1},
	{work: "drain 20,000 tasks while one joins and one leaves at each call of 50 ms: virtual time", ours: drains + "/moving", metric: wall, limit: 1.6e9, atMost: 1},
}

// others are all other rows.
var others = []row{
	{work: "decode 20 tasks in JSON: CPU", ours: "Decode/JSON/plain/20/ours", theirs: "Decode/JSON/plain/20/sdk", metric: cpu},
	{work: "decode 20 tasks in XML: CPU", ours: "Decode/XML/plain/20/ours", theirs: "Decode/XML/plain/20/sdk", metric: cpu},
	{work: "whole call, 20 tasks: CPU", ours: "Call/20/ours", theirs: "Call/20/sdk", metric: cpu},
	{work: "whole call, 1000 tasks: CPU", ours: "Call/1000/ours", theirs: "Call/1000/discard", metric: cpu},
	{work: "walk 100 × 1000 tasks: time", ours: "Walk/0s/ours", theirs: "Walk/0s/sdk", metric: wall},
	{work: "the same with `WithPrefetch(8)`", ours: "Walk/0s/prefetch8", theirs: "Walk/0s/sdk", metric: wall},
	{work: "the same: CPU", ours: "Walk/0s/prefetch8", theirs: "Walk/0s/sdk", metric: cpu},
	{work: "walk at 5 ms a page: time", ours: "Walk/5ms/ours", theirs: "Walk/5ms/sdk", metric: wall},
	{work: "the same with `WithPrefetch(8)`", ours: "Walk/5ms/prefetch8", theirs: "Walk/5ms/sdk", metric: wall},
	{work: "walk at 50 ms a page: time", ours: "Walk/50ms/ours", theirs: "Walk/50ms/sdk", metric: wall},
	{work: "the same with `WithPrefetch(8)`", ours: "Walk/50ms/prefetch8", theirs: "Walk/50ms/sdk", metric: wall},
	{work: "decode 1000 tasks in JSON: allocations", ours: "Decode/JSON/mixed/1000/ours", metric: allocs, limit: 1000, atMost: 1.1},
	{work: "decode 1000 tasks in XML: allocations", ours: "Decode/XML/mixed/1000/ours", metric: allocs, limit: 1000, atMost: 1.1},
	{work: "walk a million tasks: heap, against a tenth of the tasks", ours: "WalkHeap/1000000", theirs: "WalkHeap/100000", metric: peak, atMost: 1.5},
}
