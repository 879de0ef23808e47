package domaintasktest

import (
	"cmp"
	"net/url"

	"github.com/domaintask/domaintask"
)

// description is what a task type is called in the languages of the service.
type description struct{ english, chinese string }

// describe knows the documented task types.
func describe(taskType string) (description, bool) {
	switch taskType {
	case domaintask.TaskTypeOrderActivate:
		return description{"Domain name registration", "域名注册"}, true
	case domaintask.TaskTypeOrderRenew:
		return description{"Domain name renewal", "域名续费"}, true
	case domaintask.TaskTypeOrderRedeem:
		return description{"Domain name redemption", "域名赎回"}, true
	case domaintask.TaskTypeDeleteDomain:
		return description{"Domain name deletion", "域名删除"}, true
	case domaintask.TaskTypeChangeHolder:
		return description{"Domain name owner change", "域名过户"}, true
	case domaintask.TaskTypeChangeDNS:
		return description{"DNS server change", "DNS修改"}, true
	case domaintask.TaskTypeSetWhoisProtect:
		return description{"Privacy protection setting", "隐私保护设置"}, true
	case domaintask.TaskTypeSetUpdateProhibited:
		return description{"Update lock setting", "禁止更新锁设置"}, true
	case domaintask.TaskTypeSetTransferProhibited:
		return description{"Transfer lock setting", "禁止转移锁设置"}, true
	case domaintask.TaskTypeUpdateAdminContact:
		return description{"Administrative contact modification", "管理联系人修改"}, true
	case domaintask.TaskTypeUpdateBillingContact:
		return description{"Billing contact modification", "付费联系人修改"}, true
	case domaintask.TaskTypeUpdateTechContact:
		return description{"Technical contact modification", "技术联系人修改"}, true
	case domaintask.TaskTypeUpdateRegistrantContact:
		return description{"Registrant contact modification", "注册人信息修改"}, true
	case domaintask.TaskTypeCreateDNSHost:
		return description{"DNS host creation", "DNS服务器创建"}, true
	case domaintask.TaskTypeUpdateDNSHost:
		return description{"DNS host modification", "DNS服务器修改"}, true
	case domaintask.TaskTypeSyncDNSHost:
		return description{"DNS host synchronization", "DNS服务器同步"}, true
	}
	return description{}, false
}

// translate is the description of a task in lang. One that is not from the
// table above was put there by a test, and is left alone.
func translate(task domaintask.TaskDetail, lang domaintask.Lang) string {
	known, ok := describe(task.TaskType)
	if !ok || task.TaskTypeDescription != known.english && task.TaskTypeDescription != known.chinese {
		return task.TaskTypeDescription
	}
	if lang == domaintask.LangChinese {
		return known.chinese
	}
	return known.english
}

// language is the Lang of a request. English is the service's default.
func language(params url.Values) (domaintask.Lang, *failure) {
	switch lang := cmp.Or(domaintask.Lang(params.Get("Lang")), domaintask.LangEnglish); lang {
	case domaintask.LangEnglish, domaintask.LangChinese:
		return lang, nil
	}
	return "", invalid("Lang")
}
