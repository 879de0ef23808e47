package domaintask

import "strings"

// codeRule says what an error code of the service means.
type codeRule struct {
	// code also covers its kinds: Forbidden covers Forbidden.RAM. With a star
	// at the end it covers every code that starts with it.
	code  string
	kind  error // the sentinel that it matches; nil means none
	retry again // whether the call may succeed if it is retried
}

// again is which calls are retried after an error.
type again uint8

const (
	never again = iota
	// ifIdempotent is for errors that do not say how much of the call was
	// performed, such as busy signals.
	ifIdempotent
	// always is for a call that was refused before anything of it was performed.
	always
)

// codeRules are the codes that the vendor documents or that its SDKs handle. The
// first one that covers a code applies, under any HTTP status: gateways send
// refusals as 500 and busy signals as 400. Case is ignored, since the vendor's
// pages vary (InvalidTimeStamp, InvalidTimestamp).
var codeRules = [...]codeRule{
	// The service is busy or failing.
	{"Throttling*", ErrThrottled, always},
	{"Rejected.Throttling*", ErrThrottled, always},
	{"ServiceUnavailable*", nil, ifIdempotent},
	{"ServerBusy", nil, ifIdempotent},
	{"ServiceBusy", nil, ifIdempotent},
	{"ServiceTimeout", nil, ifIdempotent},
	{"SystemBusy", nil, ifIdempotent},
	{"SystemError", nil, ifIdempotent},
	{"InternalError", nil, ifIdempotent},
	{"InternalFailure", nil, ifIdempotent},
	{"InternalServerError", nil, ifIdempotent},
	{"GatewayTimeout", nil, ifIdempotent},
	{"RequestTimeout", nil, ifIdempotent},
	{"NetworkIOError", nil, ifIdempotent}, // between parts of the service

	// The next attempt has another nonce, and a corrected time.
	{"SignatureNonceUsed", nil, always},
	{"InvalidTimeStamp.Format", nil, never},
	{"InvalidTimeStamp", ErrClockSkew, always},
	{"IllegalTimestamp", ErrClockSkew, always},

	// The caller is not known, or not permitted.
	{"InvalidAccessKeyId", ErrCredentials, never},
	{"MissingAccessKeyId", ErrCredentials, never},
	{"InvalidSecurityToken", ErrCredentials, never},
	{"MissingSecurityToken", ErrCredentials, never},
	{"InvalidBearerToken", ErrCredentials, never},
	{"IncompleteSignature", ErrCredentials, never},
	{"SignatureDoesNotMatch", ErrCredentials, never},
	{"Forbidden", ErrForbidden, never},
	{"NoPermission", ErrForbidden, never},

	// The request is wrong: InvalidParameter, MissingPageSize and the like.
	{"Invalid*", nil, never},
	{"Missing*", nil, never},
	{"Illegal*", nil, never},
	{"Unsupported*", nil, never},
	{"ParameterIllegal", nil, never},
	{"NoSuchVersion", nil, never},
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
