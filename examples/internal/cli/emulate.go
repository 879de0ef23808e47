package cli

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// StartEmulator starts a service where some tasks have finished, and a few more
// finish every second until ctx ends. It must be closed.
func StartEmulator(ctx context.Context) *domaintasktest.Server {
	service := domaintasktest.NewServer(justFinished(domaintasktest.Tasks(5, 0))...)
	go finishTasks(ctx, service)
	return service
}

func finishTasks(ctx context.Context, service *domaintasktest.Server) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for seed := uint64(1); ; seed++ {
		tasks := domaintasktest.Tasks(1000, seed)
		for len(tasks) > 0 {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			n := min(1+rand.IntN(3), len(tasks))
			service.Add(justFinished(tasks[:n])...)
			tasks = tasks[n:]
		}
	}
}

// serviceZone is the time zone of the service's times.
var serviceZone = time.FixedZone("UTC+8", 8*60*60)

func justFinished(tasks []domaintask.TaskDetail) []domaintask.TaskDetail {
	for i := range tasks {
		tasks[i].UpdateTime = time.Now().In(serviceZone).Format(time.DateTime)
	}
	return tasks
}
