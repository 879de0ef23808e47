package domaintasktest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestTasksAreDeterministic(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(1000, 42)
	require.Equal(t, tasks, domaintasktest.Tasks(1000, 42))
	require.Equal(t, tasks[:10], domaintasktest.Tasks(10, 42))
	require.NotEqual(t, tasks[:10], domaintasktest.Tasks(10, 43))
	require.Empty(t, domaintasktest.Tasks(0, 42))
	require.Empty(t, domaintasktest.Tasks(-1, 42))
}

func TestTasksAreBelievable(t *testing.T) {
	t.Parallel()
	const n = 20_000
	detailNo, taskNo := regexp.MustCompile(`^[0-9a-f]{32}$`), regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	instanceID := regexp.MustCompile(`^S2018[0-9]{10}$`)
	reserved := []string{".example.com", ".example.net", ".example.org", ".example", ".test", ".例子.测试", ".xn--fsqu00a.xn--0zwm56d"}
	seen, submissions, types := map[string]bool{}, map[string]int{}, map[string]bool{}
	failed, reasons, last := 0, 0, ""
	for _, task := range domaintasktest.Tasks(n, 1) {
		require.Regexp(t, detailNo, task.TaskDetailNo)
		require.Regexp(t, taskNo, task.TaskNo)
		require.Regexp(t, instanceID, task.InstanceID)
		require.False(t, seen[task.TaskDetailNo])
		seen[task.TaskDetailNo] = true
		submissions[task.TaskNo]++
		types[task.TaskType] = true
		require.True(t, slices.ContainsFunc(reserved, func(zone string) bool { return strings.HasSuffix(task.DomainName, zone) }), task.DomainName)

		created, err := task.Created()
		require.NoError(t, err)
		updated, err := task.Updated()
		require.NoError(t, err)
		require.True(t, created.Before(updated))
		require.GreaterOrEqual(t, task.UpdateTime, last)
		last = task.UpdateTime

		require.NotEmpty(t, task.TaskTypeDescription)
		require.NotEmpty(t, task.ErrorMsg)
		require.NotEqual(t, task.Succeeded(), task.Failed())
		if task.Failed() {
			failed++
			require.Equal(t, domaintask.StatusFailure, task.TaskStatus)
			require.Equal(t, 3, task.TryCount)
		} else {
			require.Equal(t, domaintask.StatusSuccess, task.TaskStatus)
			require.Empty(t, task.FailReason)
		}
		if task.FailReason != "" {
			reasons++
		}
	}
	require.InDelta(t, n/8, failed, n/50)
	require.InDelta(t, failed/2, reasons, n/50)
	require.Len(t, types, 16)
	require.Less(t, len(submissions), n/2)
	require.Greater(t, len(submissions), n/6)
}

// TestInternationalNames: a name is in Unicode or in Punycode as a whole, and
// its Punycode is right.
func TestInternationalNames(t *testing.T) {
	t.Parallel()
	inUnicode, inPunycode := map[string]bool{}, map[string]bool{}
	for _, task := range domaintasktest.Tasks(2000, 1) {
		ascii := true
		for _, r := range task.DomainName {
			ascii = ascii && r < 0x80
		}
		labels := strings.Split(task.DomainName, ".")
		zone := strings.Join(labels[1:], ".")
		switch {
		case !ascii:
			require.NotContains(t, task.DomainName, "xn--")
			for i, label := range labels {
				labels[i] = toASCII(label)
			}
			inUnicode[strings.Join(labels[1:], ".")] = true
		case strings.Contains(task.DomainName, "xn--"):
			inPunycode[zone] = true
		}
	}
	require.Equal(t, map[string]bool{"xn--fsqu00a.xn--0zwm56d": true, "xn--fsq092h.test": true}, inPunycode)
	require.Equal(t, inPunycode, inUnicode, "the same names")
}

// toASCII encodes a label by RFC 3492.
func toASCII(label string) string {
	runes := []rune(label)
	var out []byte
	for _, r := range runes {
		if r < 0x80 {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic == len(runes) {
		return label
	}
	if basic > 0 {
		out = append(out, '-')
	}
	const base, tMin, tMax = 36, 1, 26
	n, delta, bias := rune(128), 0, 72
	for done := basic; done < len(runes); n++ {
		next := slices.Min(slices.DeleteFunc(slices.Clone(runes), func(r rune) bool { return r < n }))
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := base; ; k += base {
				threshold := min(max(k-bias, tMin), tMax)
				if q < threshold {
					break
				}
				out = append(out, digit(threshold+(q-threshold)%(base-threshold)))
				q = (q - threshold) / (base - threshold)
			}
			out = append(out, digit(q))
			// Adapt the bias.
			if done == basic {
				delta /= 700
			} else {
				delta /= 2
			}
			done++
			delta += delta / done
			k := 0
			for ; delta > (base-tMin)*tMax/2; k += base {
				delta /= base - tMin
			}
			bias = k + (base-tMin+1)*delta/(delta+38)
			delta = 0
		}
		delta++
	}
	return "xn--" + string(out)
}

func digit(d int) byte { return "abcdefghijklmnopqrstuvwxyz0123456789"[d] }

func TestToASCII(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"shop": "shop", "例子": "xn--fsqu00a", "测试": "xn--0zwm56d", "bücher": "xn--bcher-kva",
		"他们为什么不说中文": "xn--ihqwcrb4cv8a8dqg056pqjye", // RFC 3492, section 7.1 (B)
	} {
		require.Equal(t, want, toASCII(label))
	}
}

func TestFailedTask(t *testing.T) {
	t.Parallel()
	task, another := domaintasktest.FailedTask("example.com", "The domain name is locked."), domaintasktest.FailedTask("example.com", "The domain name is locked.")
	require.NotEqual(t, task.TaskDetailNo, another.TaskDetailNo)
	require.NotEqual(t, task.TaskNo, another.TaskNo)
	srv := newServer(t, domaintasktest.Options{}, task)
	for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
		got := poll(t, newClient(t, srv, format), domaintask.PollTaskResultRequest{DomainName: "example.com"}).Tasks
		require.Equal(t, []domaintask.TaskDetail{task}, got)
		require.True(t, got[0].Failed())
		require.Equal(t, "The domain name is locked.", got[0].ErrorMsg)
		require.Equal(t, "The domain name is locked.", got[0].FailReason)
		updated, err := got[0].Updated()
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), updated, time.Minute)
	}
}
