// Package credentials finds out who a program is and provides the credentials of
// that identity to a domaintask.Client. [Default] looks in the places that every
// Alibaba Cloud tool looks in, [Profile] reads one profile of the aliyun CLI,
// [AssumeRole] assumes a RAM role, and [FromSDK] takes a provider of the official
// SDK.
//
//	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.Default()})
//
// For an access key in the environment, domaintask.EnvCredentials is enough. This is
// the only package of this module that imports the SDK
// (github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials): a program that does
// not import it does without.
//
// # Who the program is
//
// It never becomes someone else without a word. A place that is configured but
// cannot be used, such as half a key, a profile that no file has, or a profile of a
// mode that is not supported, is an error. The error names the variable, the file or
// the profile, and nothing of their content. No other place is taken instead, also
// if a file is missing for a moment.
//
// # Profiles
//
// A profile of the CLI may have any mode that works without a person: AK, StsToken,
// RamRoleArn, EcsRamRole, RamRoleArnWithRoleName, ChainableRamRoleArn, OIDC,
// CredentialsURI, External and BearerToken. CloudSSO and OAuth are used while what
// the CLI stored is valid, and then are an error with the command that signs in
// again: nothing is written to the file, since a token that is renewed here would be
// lost to the CLI. RsaKeyPair and Anonymous are refused. Modes are written as the CLI
// writes them; one that is left out is inferred as the CLI does. Blank fields are not
// filled in from the environment, except for the host of STS, the session name and
// the credentials URI.
//
// The command of an External profile is split into words as in POSIX and run without
// a shell, for a minute at most and up to 64 KiB of output. It has no standard input,
// and its standard error is discarded. ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS, if 1
// or true, forbids it.
//
// The types of an ini file are access_key, sts, bearer, ram_role_arn, oidc_role_arn,
// ecs_ram_role and credentials_uri. A comment within a line begins behind white
// space, so that a # within a key belongs to it, which is otherwise in the SDKs.
//
// # How long credentials are used
//
// Credentials that end are cached. They are renewed in the background of a call, from
// five minutes before their end, by one goroutine at a time. A renewal that fails is
// retried after one second to half a minute, and is an error only once they have
// ended. The Date of the response with the credentials says how long they are valid, so that a
// wrong local clock does not matter. A fetch takes a minute at most,
// and waiting callers leave when their context ends.
//
// Every provider of this package is a [domaintask.CredentialsInvalidator]. The client
// calls it if the service refused the credentials, and they are fetched again,
// once for all goroutines.
//
// The error of a provider that has provided credentials before is
// [domaintask.Temporary], so that a Watch continues. Otherwise it is not: a program
// that is set up wrong finds out at its start.
//
// # What does not get out
//
// The metadata service, and credentials URIs over http, are called without a proxy,
// the latter only within private networks. All else is called over https, through
// HTTPS_PROXY if that is set. No redirect is followed. Errors match
// [domaintask.ErrCredentials], are one line, and hold no secret, no content of a file,
// no response and no query. Providers show nothing of what they hold if they are printed,
// logged or marshaled.
package credentials
