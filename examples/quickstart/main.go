// Quickstart lists failed domain tasks from an in-memory service.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func main() {
	server := domaintasktest.NewServer(domaintasktest.Tasks(100, 1)...)
	defer server.Close()
	// For the real service: domaintask.Config{Credentials: domaintask.EnvCredentials()}
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}
	failed := domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlyFailed}
	for task, err := range client.Tasks(context.Background(), failed) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.UpdateTime, task.TaskType, task.DomainName, task.ErrorMsg)
	}
}
