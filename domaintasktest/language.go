package domaintasktest

import (
	"cmp"
	"net/url"

	"github.com/domaintask/domaintask"
)

// description is the name of a task type in the languages of the service.
type description struct{ english, chinese string }

// descriptions has all documented task types.
var descriptions = map[string]description{
	domaintask.TaskTypeOrderActivate:           {"Domain name registration", "域名注册"},
	domaintask.TaskTypeOrderRenew:              {"Domain name renewal", "域名续费"},
	domaintask.TaskTypeOrderRedeem:             {"Domain name redemption", "域名赎回"},
	domaintask.TaskTypeDeleteDomain:            {"Domain name deletion", "域名删除"},
	domaintask.TaskTypeChangeHolder:            {"Domain name owner change", "域名过户"},
	domaintask.TaskTypeChangeDNS:               {"DNS server change", "DNS修改"},
	domaintask.TaskTypeSetWhoisProtect:         {"Privacy protection setting", "隐私保护设置"},
	domaintask.TaskTypeSetUpdateProhibited:     {"Update lock setting", "禁止更新锁设置"},
	domaintask.TaskTypeSetTransferProhibited:   {"Transfer lock setting", "禁止转移锁设置"},
	domaintask.TaskTypeUpdateAdminContact:      {"Administrative contact modification", "管理联系人修改"},
	domaintask.TaskTypeUpdateBillingContact:    {"Billing contact modification", "付费联系人修改"},
	domaintask.TaskTypeUpdateTechContact:       {"Technical contact modification", "技术联系人修改"},
	domaintask.TaskTypeUpdateRegistrantContact: {"Registrant contact modification", "注册人信息修改"},
	domaintask.TaskTypeCreateDNSHost:           {"DNS host creation", "DNS服务器创建"},
	domaintask.TaskTypeUpdateDNSHost:           {"DNS host modification", "DNS服务器修改"},
	domaintask.TaskTypeSyncDNSHost:             {"DNS host synchronization", "DNS服务器同步"},
}

// translate returns the description of a task in lang. It keeps a description
// that is not in the table, since a test chose it.
func translate(task domaintask.TaskDetail, lang domaintask.Lang) string {
	known, ok := descriptions[task.TaskType]
	if !ok || task.TaskTypeDescription != known.english && task.TaskTypeDescription != known.chinese {
		return task.TaskTypeDescription
	}
	if lang == domaintask.LangChinese {
		return known.chinese
	}
	return known.english
}

// language reads Lang. The service defaults to English.
func language(params url.Values) (domaintask.Lang, *failure) {
	switch lang := cmp.Or(domaintask.Lang(params.Get("Lang")), domaintask.LangEnglish); lang {
	case domaintask.LangEnglish, domaintask.LangChinese:
		return lang, nil
	}
	return "", invalid("Lang")
}
