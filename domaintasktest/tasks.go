package domaintasktest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/domaintask/domaintask"
)

// Tasks invents n finished tasks of many types: about one in eight failed, the
// rest succeeded. They are in the order in which they finished, and share
// TaskNos as the details of one submission do. Domain names are reserved for
// examples.
//
// The same seed gives the same tasks, and a longer list begins with a shorter
// one. Each TaskDetailNo occurs once, and not under another seed.
func Tasks(n int, seed uint64) []domaintask.TaskDetail {
	g := generator{rand: rand.New(rand.NewPCG(seed, 0x646f6d61696e)), clock: firstTask}
	tasks := make([]domaintask.TaskDetail, 0, max(n, 0))
	for len(tasks) < n {
		tasks = append(tasks, g.next())
	}
	return tasks
}

// firstTask is near the times in the service's samples. Times are written
// without a zone and are UTC+8.
var firstTask = time.Date(2018, 3, 26, 9, 0, 0, 0, time.UTC)

// generator invents one task after the other. Details of one submission share
// what it holds of that.
type generator struct {
	rand  *rand.Rand
	clock time.Time // when the last task finished

	left        int // details of the submission still to come
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
		InstanceID:          fmt.Sprintf("S2018%010d", g.rand.Int64N(10_000_000_000)),
		DomainName:          g.domainName(),
		TaskStatus:          domaintask.StatusSuccess,
		TaskStatusCode:      domaintask.StatusCodeSuccess,
		CreateTime:          g.created.Format(time.DateTime),
		UpdateTime:          g.clock.Format(time.DateTime),
		ErrorMsg:            "The operation is successful.",
	}
	switch {
	case g.rand.IntN(8) == 0:
		g.fail(&task)
	case g.rand.IntN(10) == 0:
		task.TryCount = 1 + g.rand.IntN(2) // it took more than one try
	}
	return task
}

// submit begins a submission of one to six details.
func (g *generator) submit() {
	g.left = 1 + g.rand.IntN(6)
	id := g.hex(16)
	g.taskNo = fmt.Sprintf("%s-%s-4%s-a%s-%s", id[:8], id[8:12], id[13:16], id[17:20], id[20:])
	g.taskType = taskTypes[g.rand.IntN(len(taskTypes))]
	known, _ := describe(g.taskType)
	g.description = known.english
	g.created = g.clock.Add(-time.Duration(g.rand.IntN(900)) * time.Second)
}

// fail makes task one that failed after its last try.
func (g *generator) fail(task *domaintask.TaskDetail) {
	reason := failures[g.rand.IntN(len(failures))]
	task.TaskStatus, task.TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	task.TryCount = 3
	task.ErrorMsg = reason.message
	if g.rand.IntN(2) == 0 {
		task.FailReason = reason.code
	}
}

func (g *generator) domainName() string {
	label := fmt.Sprintf("%s-%d", labels[g.rand.IntN(len(labels))], g.rand.IntN(10_000))
	return label + "." + zones[g.rand.IntN(len(zones))]
}

func (g *generator) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rand.Uint32())
	}
	return fmt.Sprintf("%x", b)
}

// Domain names are of labels under zones that RFC 2606 and RFC 6761 reserve,
// international ones among them in both of their forms.
var (
	labels = []string{"shop", "mail", "blog", "wiki", "docs", "static", "payments", "tea-house", "示例", "xn--fsqu00a"}
	zones  = []string{"example.com", "example.net", "example.org", "example", "test", "例子.测试", "xn--fsqu00a.xn--0zwm56d"}
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
