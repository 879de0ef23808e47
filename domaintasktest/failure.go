package domaintasktest

import "net/http"

// failure is an error response with a documented code.
type failure struct {
	status  int
	code    string
	message string
	denied  *accessDenied // nil if it is not about permissions
}

func (f *failure) document() document {
	return &errorDocument{Code: f.code, Message: f.message, AccessDeniedDetail: f.denied}
}

func refuse(status int, code, message string) *failure {
	return &failure{status: status, code: code, message: message}
}

func missing(param string) *failure {
	return refuse(http.StatusBadRequest, "Missing"+param, param+" is mandatory for this action.")
}

func invalid(param string) *failure {
	return refuse(http.StatusBadRequest, "InvalidParameter", "Specified parameter "+param+" is not valid.")
}

func malformed(reason string) *failure {
	return refuse(http.StatusBadRequest, "InvalidParameter", reason)
}

// incomplete refuses a signature that does not follow the specification.
func incomplete(reason string) *failure {
	return refuse(http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards. "+reason)
}

// mismatch refuses a signature. Like the service, it quotes the string that was
// to be signed, for the author of the client to compare.
func mismatch(stringToSign string) *failure {
	return refuse(
		http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:"+stringToSign,
	)
}

func unknownAPI() *failure {
	return refuse(http.StatusNotFound, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.")
}

func unknownVersion() *failure {
	return refuse(http.StatusBadRequest, "NoSuchVersion", "The specified version does not exist.")
}

func unknownKey() *failure {
	return refuse(http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

func badToken() *failure {
	return refuse(http.StatusBadRequest, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
}

func expiredToken() *failure {
	return refuse(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}

func badBearerToken() *failure {
	return refuse(http.StatusBadRequest, "InvalidBearerToken", "Specified BearerToken is not valid.")
}

func badTimestamp() *failure {
	return refuse(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
}

func expiredTimestamp() *failure {
	return refuse(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
}

func usedNonce() *failure {
	return refuse(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
}

// notPermitted refuses an operation for lack of permission.
func notPermitted(action string) *failure {
	f := refuse(http.StatusForbidden, "Forbidden.RAM", "User not authorized to operate on the specified resource, or this API doesn't support RAM.")
	if action == "PollTaskResult" || action == "QueryTaskDetailList" {
		action = "QueryDomainTask" // the name of their permission
	}
	f.denied = &accessDenied{
		AuthAction:               "domain:" + action,
		AuthPrincipalType:        "SubUser",
		AuthPrincipalOwnerID:     "1000000000000000",
		AuthPrincipalDisplayName: "200000000000000000",
		PolicyType:               "AccountLevelIdentityBasedPolicy",
		NoPermissionType:         "ImplicitDeny",
		EncodedDiagnosticMessage: "AQEAAAAAaDRK7zY3RjhGMzQ5LTQ1NkQtNUFGMy1CMzY3LUE5NEQzNzhCNTY0RA==",
	}
	return f
}
