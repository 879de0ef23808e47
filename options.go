package domaintask

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Option changes how a method goes through the list. Each option names the
// methods that take it; any other method returns a [*ParamError] that names the
// option. If an option is given twice, the last one applies. A nil Option is
// ignored.
type Option interface {
	apply(*options)
}

// options is the sum of the options of one call.
type options struct {
	given []string // the names of the options that were given

	prefetch  int
	maxItems  int
	progress  func(Progress)
	strict    bool
	repeats   bool
	handlers  int
	batchSize int
	interval  time.Duration

	acknowledgeSize int
}

// pageSize returns the PageSize of a walk from page num on: the one that is
// asked for, or else the usual one, or less if fewer items are wanted. Where a
// later page begins depends on the size, so it stays the usual one there.
func (o *options) pageSize(num, asked, usual int) int {
	if o.maxItems > 0 && num <= 1 {
		usual = min(usual, o.maxItems)
	}
	return cmp.Or(asked, usual)
}

// setting is an Option by its name and effect.
type setting struct {
	name string
	set  func(*options)
}

func (s setting) apply(o *options) {
	s.set(o)
	o.given = append(o.given, s.name)
}

// The names of the options, as their methods list them and as errors say them.
const (
	withPrefetch     = "WithPrefetch"
	withMaxItems     = "WithMaxItems"
	withProgress     = "WithProgress"
	withStrictPaging = "WithStrictPaging"
	withoutDedupe    = "WithoutDedupe"
	withConcurrency  = "WithConcurrency"
	withBatchSize    = "WithBatchSize"
	withInterval     = "WithInterval"

	withAcknowledgeSize = "WithAcknowledgeSize"
)

// The options that each method takes.
var (
	pagesTakes   = []string{withPrefetch, withMaxItems, withProgress, withStrictPaging}
	tasksTakes   = append([]string{withoutDedupe}, pagesTakes...)
	drainTakes   = []string{withConcurrency, withAcknowledgeSize, withMaxItems, withProgress, withInterval}
	batchesTakes = append([]string{withBatchSize}, drainTakes...)
	watchTakes   = []string{withInterval}
	waitTakes    = []string{withPrefetch, withProgress, withInterval}
)

// WithPrefetch keeps up to that many pages in flight, including the one that
// is waited for. 0 and 1 mean one after the other; more than 64 mean 64. It
// does not change what is yielded or in what order. It requests no page beyond
// the counted ones unless the last one says that another follows. Pages, Tasks,
// TaskDetailPages, TaskDetails, DoPages and Wait take it.
func WithPrefetch(pages int) Option {
	return setting{withPrefetch, func(o *options) { o.prefetch = pages }}
}

// WithMaxItems ends a walk after n tasks: Tasks and TaskDetails yield at most n,
// the walks of pages no page after the one that reaches n. For DoPages, n counts
// rows. A drain passes at most n tasks to the handler, a refused one each time
// that it is passed, and ends then without an error: its result is not Complete.
// 0 means no limit. Pages, Tasks, TaskDetailPages, TaskDetails, DoPages, Drain
// and DrainBatches take it.
func WithMaxItems(n int) Option {
	return setting{withMaxItems, func(o *options) { o.maxItems = n }}
}

// WithProgress calls f after every page read, before its tasks are yielded or
// passed to a handler, in the goroutine of the range or of the call. If nil,
// nothing is called. Pages, Tasks, TaskDetailPages, TaskDetails, DoPages, Wait,
// Drain and DrainBatches take it.
func WithProgress(f func(Progress)) Option {
	return setting{withProgress, func(o *options) { o.progress = f }}
}

// WithStrictPaging makes it an error, ErrPaging, if a page says that none
// follows although its totals count more, and if rows move faster than the walk
// can follow. Without it the client's logger is warned. Pages, Tasks,
// TaskDetailPages, TaskDetails and DoPages take it.
func WithStrictPaging() Option {
	return setting{withStrictPaging, func(o *options) { o.strict = true }}
}

// WithoutDedupe makes Tasks and TaskDetails yield every row of every page,
// including those of pages that are reread. It saves the memory of remembering
// what was yielded: 16 bytes a task and the overhead of a map. Tasks and
// TaskDetails take it.
func WithoutDedupe() Option {
	return setting{withoutDedupe, func(o *options) { o.repeats = true }}
}

// WithConcurrency runs up to n handlers at once, each in its own goroutine. 0
// and 1 run them sequentially, in the goroutine of the drain. Drain and
// DrainBatches take it.
func WithConcurrency(n int) Option {
	return setting{withConcurrency, func(o *options) { o.handlers = n }}
}

// WithBatchSize passes at most n tasks to the handler at once. 0 means all new
// tasks of a page, which is also the most. DrainBatches takes it.
func WithBatchSize(n int) Option {
	return setting{withBatchSize, func(o *options) { o.batchSize = n }}
}

// WithAcknowledgeSize acknowledges at most n tasks in one call. 0 means
// MaxAcknowledge, which is also the most. If the program is killed, fewer tasks
// are handled and not acknowledged with a smaller n; it takes more calls. Drain
// and DrainBatches take it.
func WithAcknowledgeSize(n int) Option {
	return setting{withAcknowledgeSize, func(o *options) { o.acknowledgeSize = n }}
}

// WithInterval sets how long Watch and Wait wait after a round that found
// something new; 0 means DefaultInterval. Every wait is up to a tenth longer or shorter, so
// that many watchers do not poll at the same time.
//
// It makes Drain and DrainBatches continue until ctx ends, with the same waits.
// Watch, Wait, Drain and DrainBatches take it.
func WithInterval(d time.Duration) Option {
	return setting{withInterval, func(o *options) { o.interval = cmp.Or(d, DefaultInterval) }}
}

// newOptions adds up the options of a method that takes those named. Its error
// is for the first one that the method does not take, or whose value no method
// could use.
func newOptions(takes []string, opts []Option) (options, error) {
	var o options
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&o)
		}
	}
	for _, name := range o.given {
		if !slices.Contains(takes, name) {
			return o, &ParamError{Param: name, Reason: "is not an option of this method"}
		}
	}
	for _, check := range []struct {
		wrong         bool
		param, reason string
	}{
		{o.prefetch < 0, withPrefetch, "must not be negative"},
		{o.maxItems < 0, withMaxItems, "must not be negative"},
		{o.handlers < 0, withConcurrency, "must not be negative"},
		{o.interval < 0, withInterval, "must not be negative"},
		{o.batchSize < 0, withBatchSize, "must not be negative"},
		{o.acknowledgeSize < 0 || o.acknowledgeSize > MaxAcknowledge, withAcknowledgeSize, "must be 0 to " + strconv.Itoa(MaxAcknowledge)},
	} {
		if check.wrong {
			return o, &ParamError{Param: check.param, Reason: check.reason}
		}
	}
	return o, nil
}
