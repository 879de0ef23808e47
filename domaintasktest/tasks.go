package domaintasktest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/domaintask/domaintask"
)

// FailedTask returns a renewal of domainName that failed with this reason, in
// ErrorMsg and FailReason. Its TaskNo and TaskDetailNo are random.
func FailedTask(domainName, reason string) domaintask.TaskDetail {
	g := generator{rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}
	now := serviceTime(time.Now())
	task := domaintask.TaskDetail{
		TaskNo:              g.newTaskNo(),
		TaskDetailNo:        g.hex(16),
		TaskType:            domaintask.TaskTypeOrderRenew,
		TaskTypeDescription: descriptions[domaintask.TaskTypeOrderRenew].english,
		InstanceID:          g.newInstanceID(),
		DomainName:          domainName,
		CreateTime:          now,
		UpdateTime:          now,
	}
	fail(&task, reason)
	return task
}

// Tasks returns n random finished tasks of many types: about one in eight
// failed, the rest succeeded. They are in the order in which they finished, and
// some share a TaskNo, as the details of one submission do. Domain names are
// reserved for examples.
//
// The same seed gives the same tasks, and a longer list begins with the shorter
// one. No TaskDetailNo occurs twice, under this or another seed.
func Tasks(n int, seed uint64) []domaintask.TaskDetail {
	g := generator{rand: rand.New(rand.NewPCG(seed, 0x646f6d61696e)), clock: firstTask}
	tasks := make([]domaintask.TaskDetail, 0, max(n, 0))
	for len(tasks) < n {
		tasks = append(tasks, g.next())
	}
	return tasks
}

// firstTask is close to the times in the service's samples.
var firstTask = time.Date(2018, 3, 26, 9, 0, 0, 0, time.UTC)

// generator makes random tasks. The details of one submission share its second
// group of fields.
type generator struct {
	rand  *rand.Rand
	clock time.Time // the time at which the last task finished

	left        int // details of the submission still to be made
	taskNo      string
	taskType    string
	description string
	created     time.Time
}

func (g *generator) next() domaintask.TaskDetail {
	if g.left == 0 {
		g.submit()
	}
	g.left--
	g.clock = g.clock.Add(time.Duration(1+g.rand.IntN(90)) * time.Second)
	task := domaintask.TaskDetail{
		TaskNo:              g.taskNo,
		TaskDetailNo:        g.hex(16),
		TaskType:            g.taskType,
		TaskTypeDescription: g.description,
		InstanceID:          g.newInstanceID(),
		DomainName:          g.domainName(),
		CreateTime:          g.created.Format(time.DateTime),
		UpdateTime:          g.clock.Format(time.DateTime),
	}
	succeed(&task)
	switch {
	case g.rand.IntN(8) == 0:
		reason := failures[g.rand.IntN(len(failures))]
		fail(&task, reason.message)
		task.FailReason = ""
		if g.rand.IntN(2) == 0 {
			task.FailReason = reason.code
		}
	case g.rand.IntN(10) == 0:
		task.TryCount = 1 + g.rand.IntN(2) // it took more than one try
	}
	return task
}

// submit begins a submission of one to six details.
func (g *generator) submit() {
	g.left = 1 + g.rand.IntN(6)
	g.taskNo = g.newTaskNo()
	g.taskType = taskTypes[g.rand.IntN(len(taskTypes))]
	g.description = descriptions[g.taskType].english
	g.created = g.clock.Add(-time.Duration(g.rand.IntN(900)) * time.Second)
}

func (g *generator) domainName() string {
	label := fmt.Sprintf("%s-%d", labels[g.rand.IntN(len(labels))], g.rand.IntN(10_000))
	return label + "." + zones[g.rand.IntN(len(zones))]
}

// newTaskNo returns a random UUID, as the service's own are.
func (g *generator) newTaskNo() string {
	id := g.hex(16)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", id[:8], id[8:12], id[13:16], id[17:20], id[20:])
}

func (g *generator) newInstanceID() string {
	return fmt.Sprintf("S2018%010d", g.rand.Int64N(10_000_000_000))
}

func (g *generator) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rand.Uint32())
	}
	return fmt.Sprintf("%x", b)
}

// succeed ends a task with success.
func succeed(task *domaintask.TaskDetail) {
	task.TaskStatus, task.TaskStatusCode = domaintask.StatusSuccess, domaintask.StatusCodeSuccess
	task.ErrorMsg = "The operation is successful."
}

// fail ends a task with a failure, after its last try.
func fail(task *domaintask.TaskDetail, reason string) {
	task.TaskStatus, task.TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	task.TryCount = 3
	task.ErrorMsg, task.FailReason = reason, reason
}

// Domain names are a label under a zone that RFC 2606, RFC 6761 or IANA reserve
// for tests. International names are in Unicode or in Punycode as a whole.
var (
	labels = []string{"shop", "mail", "blog", "wiki", "docs", "static", "payments", "tea-house"}
	zones  = []string{
		"example.com", "example.net", "example.org", "example", "test",
		"例子.测试", "xn--fsqu00a.xn--0zwm56d", "示例.test", "xn--fsq092h.test",
	}
)

var taskTypes = []string{
	domaintask.TaskTypeOrderActivate, domaintask.TaskTypeOrderRenew, domaintask.TaskTypeOrderRedeem,
	domaintask.TaskTypeDeleteDomain, domaintask.TaskTypeChangeHolder, domaintask.TaskTypeChangeDNS,
	domaintask.TaskTypeSetWhoisProtect, domaintask.TaskTypeSetUpdateProhibited, domaintask.TaskTypeSetTransferProhibited,
	domaintask.TaskTypeUpdateAdminContact, domaintask.TaskTypeUpdateBillingContact, domaintask.TaskTypeUpdateTechContact,
	domaintask.TaskTypeUpdateRegistrantContact, domaintask.TaskTypeCreateDNSHost, domaintask.TaskTypeUpdateDNSHost,
	domaintask.TaskTypeSyncDNSHost,
}

var failures = []struct{ code, message string }{
	{"DomainLocked", "The domain name is locked: serverUpdateProhibited."},
	{"DnsNotRegistered", "The DNS server ns1.example.net is not registered at the registry."},
	{"RegistryTimeout", "The registry did not answer in time. Try again later."},
	{"AuditNotPassed", "The registrant profile has not passed real-name verification."},
	{"DomainExpired", "The domain name has expired & must be renewed first."},
	{"DomainUnavailable", "The domain name <premium> is reserved by the registry."},
}
