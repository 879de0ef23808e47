package domaintasktest

import "net/http"

// failure is an answer that refuses the request, with a documented code.
type failure struct {
	status  int
	code    string
	message string
}

func (f *failure) document() document { return &errorDocument{Code: f.code, Message: f.message} }

func missing(param string) *failure {
	return &failure{http.StatusBadRequest, "Missing" + param, param + " is mandatory for this action."}
}

func invalid(param string) *failure {
	return &failure{http.StatusBadRequest, "InvalidParameter", "Specified parameter " + param + " is not valid."}
}

func malformed(reason string) *failure {
	return &failure{http.StatusBadRequest, "InvalidParameter", reason}
}

// incomplete is how a signature is refused that was not made as specified.
func incomplete(reason string) *failure {
	return &failure{http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards. " + reason}
}

// mismatch tells the string that was expected to be signed, as the service
// does, for the client's author to compare.
func mismatch(stringToSign string) *failure {
	return &failure{
		http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:" + stringToSign,
	}
}

func unknownAPI() *failure {
	return &failure{http.StatusNotFound, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."}
}

func unknownVersion() *failure {
	return &failure{http.StatusBadRequest, "NoSuchVersion", "The specified version does not exist."}
}

func unknownKey() *failure {
	return &failure{http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found."}
}

func badToken() *failure {
	return &failure{http.StatusBadRequest, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."}
}

func expiredToken() *failure {
	return &failure{http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."}
}

func badBearerToken() *failure {
	return &failure{http.StatusBadRequest, "InvalidBearerToken", "Specified BearerToken is not valid."}
}

func badTimestamp() *failure {
	return &failure{http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."}
}

func expiredTimestamp() *failure {
	return &failure{http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."}
}

func usedNonce() *failure {
	return &failure{http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already."}
}
