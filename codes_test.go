package domaintask

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCodes states for each code, and the status that it came with, what it
// matches and whether it is temporary.
func TestCodes(t *testing.T) {
	t.Parallel()
	kinds := []error{ErrThrottled, ErrCredentials, ErrForbidden, ErrClockSkew, ErrPaging, ErrResponseTooLarge}
	for _, tt := range []struct {
		status    int
		code      string
		kind      error
		temporary bool
	}{
		// A known code decides, whatever the status.
		{500, "Forbidden.RAM", ErrForbidden, false},
		{503, "Forbidden", ErrForbidden, false},
		{429, "Forbidden.RiskControl", ErrForbidden, false},
		{503, "InvalidAccessKeyId.NotFound", ErrCredentials, false},
		{500, "InvalidSecurityToken.Expired", ErrCredentials, false},
		{502, "SignatureDoesNotMatch", ErrCredentials, false},
		{500, "IncompleteSignature", ErrCredentials, false},
		{500, "InvalidBearerToken", ErrCredentials, false},
		{500, "MissingSecurityToken", ErrCredentials, false},
		{500, "MissingAccessKeyId", ErrCredentials, false},
		{500, "NoPermission", ErrForbidden, false},
		{500, "InvalidParameter", nil, false},
		{429, "InvalidParameter", nil, false},
		{500, "InvalidApi.NotFound", nil, false},
		{500, "InvalidProtocol.NeedSsl", nil, false},
		{503, "MissingParameter", nil, false},
		{500, "MissingPageSize", nil, false},
		{500, "ParameterIllegal", nil, false},
		{500, "UnsupportedOperation", nil, false},
		{500, "IllegalParameter", nil, false},
		{500, "NoSuchVersion", nil, false},
		{500, "InvalidTimeStamp.Format", nil, false},

		// So does a busy one.
		{200, "ServiceBusy", nil, true},
		{400, "SystemBusy", nil, true},
		{403, "RequestTimeout", nil, true},
		{404, "ServiceUnavailable", nil, true},
		{400, "ServiceUnavailableTemporary", nil, true},
		{400, "ServiceUnavailable.Maintenance", nil, true},
		{400, "ServerBusy", nil, true},
		{200, "InternalError", nil, true},
		{400, "InternalError.Timeout", nil, true},
		{400, "InternalFailure", nil, true},
		{400, "InternalServerError", nil, true},
		{400, "ServiceTimeout", nil, true},
		{400, "GatewayTimeout", nil, true},
		{400, "SystemError", nil, true},
		{400, "NetworkIOError", nil, true},
		{429, "ServiceBusy", ErrThrottled, true},
		{200, "Throttling", ErrThrottled, true},
		{403, "Throttling.User", ErrThrottled, true},
		{404, "ThrottlingUser", ErrThrottled, true},
		{400, "Rejected.Throttling", ErrThrottled, true},
		{400, "Rejected.Throttling.Api", ErrThrottled, true},
		{409, "SignatureNonceUsed", nil, true},
		{200, "InvalidTimeStamp.Expired", ErrClockSkew, true},
		{403, "IllegalTimestamp", ErrClockSkew, true},

		// In any case of letters, and with blanks around it.
		{500, "forbidden.ram", ErrForbidden, false},
		{400, "throttling.user", ErrThrottled, true},
		{400, "InvalidTimestamp.Expired", ErrClockSkew, true},
		{400, "\n Throttling.User ", ErrThrottled, true},

		// Where the code is unknown, the status decides.
		{500, "Odd", nil, true},
		{502, "Odd", nil, true},
		{503, "Odd", nil, true},
		{504, "Odd", nil, true},
		{408, "Odd", nil, true},
		{429, "Odd", ErrThrottled, true},
		{429, "", ErrThrottled, true},
		{200, "Odd", nil, false},
		{302, "Odd", nil, false},
		{400, "Odd", nil, false},
		{401, "Odd", nil, false},
		{425, "Odd", nil, false},
		{501, "Odd", nil, false},
		{505, "Odd", nil, false},
		{599, "Odd", nil, false},
		{600, "Odd", nil, false},
		{0, "Odd", nil, false},

		// Codes that only begin like a known one.
		{500, "ForbiddenFruit", nil, true},
		{400, "ServiceBusyness", nil, false},
		{400, "InternalErrors", nil, false},
		{500, "NoPermissions", nil, true},
		{400, "X.Throttling", nil, false},
	} {
		err := &APIError{StatusCode: tt.status, Code: tt.code}
		require.Equal(t, tt.temporary, Temporary(err), "%d %s", tt.status, tt.code)
		for _, kind := range kinds {
			require.Equal(t, kind == tt.kind, errors.Is(err, kind), "%d %s: %v", tt.status, tt.code, kind)
		}
	}
}
