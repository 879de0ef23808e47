package domaintask

import "strings"

// codeRule says what an error code of the service means.
type codeRule struct {
	// code also covers its kinds: Forbidden covers Forbidden.RAM. With a star
	// at the end it covers every code that starts with it.
	code  string
	kind  error // the sentinel that it matches; nil means none
	retry bool  // whether the call may succeed if it is retried
}

// codeRules are the codes that the vendor documents or that its SDKs handle. The
// first one that covers a code applies, under any HTTP status: gateways send
// refusals as 500 and busy signals as 400. Case is ignored, since the vendor's
// pages vary (InvalidTimeStamp, InvalidTimestamp).
var codeRules = [...]codeRule{
	// The service is busy or failing.
	{"Throttling*", ErrThrottled, true},
	{"Rejected.Throttling*", ErrThrottled, true},
	{"ServiceUnavailable*", nil, true},
	{"ServerBusy", nil, true},
	{"ServiceBusy", nil, true},
	{"ServiceTimeout", nil, true},
	{"SystemBusy", nil, true},
	{"SystemError", nil, true},
	{"InternalError", nil, true},
	{"InternalFailure", nil, true},
	{"InternalServerError", nil, true},
	{"GatewayTimeout", nil, true},
	{"RequestTimeout", nil, true},
	{"NetworkIOError", nil, true}, // between parts of the service

	// The next attempt has another nonce, and a corrected time.
	{"SignatureNonceUsed", nil, true},
	{"InvalidTimeStamp.Format", nil, false},
	{"InvalidTimeStamp", ErrClockSkew, true},
	{"IllegalTimestamp", ErrClockSkew, true},

	// The caller is not known, or not permitted.
	{"InvalidAccessKeyId", ErrCredentials, false},
	{"MissingAccessKeyId", ErrCredentials, false},
	{"InvalidSecurityToken", ErrCredentials, false},
	{"MissingSecurityToken", ErrCredentials, false},
	{"InvalidBearerToken", ErrCredentials, false},
	{"IncompleteSignature", ErrCredentials, false},
	{"SignatureDoesNotMatch", ErrCredentials, false},
	{"Forbidden", ErrForbidden, false},
	{"NoPermission", ErrForbidden, false},

	// The request is wrong: InvalidParameter, MissingPageSize and the like.
	{"Invalid*", nil, false},
	{"Missing*", nil, false},
	{"Illegal*", nil, false},
	{"Unsupported*", nil, false},
	{"ParameterIllegal", nil, false},
	{"NoSuchVersion", nil, false},
}

// ruleOf returns the rule for a code, and whether there is one.
func ruleOf(code string) (codeRule, bool) {
	code = strings.TrimSpace(code)
	for _, rule := range codeRules {
		if rule.covers(code) {
			return rule, true
		}
	}
	return codeRule{}, false
}

func (r codeRule) covers(code string) bool {
	start, open := strings.CutSuffix(r.code, "*")
	if len(code) < len(start) || !strings.EqualFold(code[:len(start)], start) {
		return false
	}
	return open || len(code) == len(start) || code[len(start)] == '.'
}
