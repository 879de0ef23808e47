package benchtest

import (
	"fmt"
	"strconv"
)

// Task is a task as the service sends it, for encoding/json and encoding/xml.
type Task struct {
	TaskNo, TaskDetailNo, TaskType, TaskTypeDescription string
	InstanceID                                          string `json:"InstanceId" xml:"InstanceId"`
	DomainName, TaskStatus                              string
	TaskStatusCode                                      int
	CreateTime, UpdateTime                              string
	TryCount                                            int
	ErrorMsg, FailReason, TaskResult                    string
}

// Tasks returns n tasks like those of the service. If mixed, every fourth has
// Chinese text and characters that JSON and XML escape.
func Tasks(n int, mixed bool) []Task {
	types := [...][2]string{{"CHG_DNS", "DNS server change"}, {"ORDER_RENEW", "Domain name renewal"}, {"CHG_HOLDER", "Registrant change"}}
	tasks := make([]Task, n)
	for i := range tasks {
		kind := types[i/7%len(types)]
		task := Task{
			TaskNo:              fmt.Sprintf("b95bc334-f7d8-4f39-8a62-4c43%08x", i/20),
			TaskDetailNo:        fmt.Sprintf("15fee9d10d514bad%s%08x", pageMark, uint32(i)*2654435761),
			TaskType:            kind[0],
			TaskTypeDescription: kind[1],
			InstanceID:          "S2018171" + strconv.Itoa(41000000+i),
			DomainName:          fmt.Sprintf("example-%04d.com", i),
			TaskStatus:          "EXECUTE_SUCCESS",
			TaskStatusCode:      2,
			CreateTime:          fmt.Sprintf("2018-03-26 15:%02d:%02d", i/60%60, i%60),
			UpdateTime:          fmt.Sprintf("2018-03-26 16:%02d:%02d", i/60%60, i%60),
			ErrorMsg:            "The operation is successful.",
		}
		if i%10 == 9 {
			task.TaskStatus, task.TaskStatusCode, task.TryCount = "EXECUTE_FAILURE", 3, 3
			task.ErrorMsg = "The domain name is locked by the registry."
		}
		if mixed && i%4 == 0 {
			task.DomainName = fmt.Sprintf("例子-%04d.中国", i)
			task.TaskTypeDescription = "域名续费 <&> \"DNS\"\n修改"
			task.ErrorMsg = "操作成功 & “完成” \\ \t√"
		}
		tasks[i] = task
	}
	return tasks
}
