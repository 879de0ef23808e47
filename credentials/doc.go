// Package credentials finds the identity of a program and provides its credentials
// to a domaintask.Client. [Default] reads the places that every Alibaba Cloud tool
// reads, [Profile] reads one profile of the aliyun CLI, [AssumeRole] assumes a RAM
// role, and [FromSDK] takes a provider of the official SDK.
//
//	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.Default()})
//
// For an access key in the environment, domaintask.EnvCredentials is enough. This is
// the only package of this module that imports the SDK
// (github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials): a program that does
// not import it does not need the SDK.
//
// # The identity of the program
//
// The identity never changes silently. A place that is configured but cannot be
// used, such as half a key, a profile that no file has, or a profile of a mode that
// is not supported, is an error. The error names the variable, the file or the
// profile, and shows nothing of their content. No other place is used instead, even
// if a file is missing for a moment.
//
// # Profiles
//
// A profile of the CLI may have any noninteractive mode: AK, StsToken, RamRoleArn,
// EcsRamRole, RamRoleArnWithRoleName, ChainableRamRoleArn, OIDC, CredentialsURI,
// External and BearerToken. CloudSSO and OAuth are used while the credentials that
// the CLI stored are valid. After that they are an error that names the command to
// sign in again: the file is not written, since the CLI would lose a token that is
// renewed here. RsaKeyPair and Anonymous are refused. Modes are written as the CLI
// writes them. An omitted mode is inferred as the CLI does. Blank fields are not
// filled in from the environment, except for the host of STS, the session name and
// the credentials URI.
//
// The command of an External profile is split into words as in POSIX and run without
// a shell, for a minute at most and up to 64 KiB of output. It has no standard input,
// and its standard error is discarded. ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS, if 1
// or true, forbids it.
//
// The types of an ini file are access_key, sts, bearer, ram_role_arn, oidc_role_arn,
// ecs_ram_role and credentials_uri. A comment within a line begins after white
// space, so a # within a key belongs to the key, unlike in the SDKs.
//
// # Caching and renewal
//
// Credentials that end are cached. They are renewed in the background of a call, from five
// minutes before their end, by one goroutine at a time. A renewal that fails is retried after
// one second to half a minute, and is an error only once they have ended. Their validity is
// computed from the Date of the response, so that a wrong local clock does not matter. A fetch
// takes a minute at most, and waiting callers return when their context ends.
//
// Every provider of this package is a [domaintask.CredentialsInvalidator]. The client
// calls it if the service refused the credentials. They are then fetched again, once
// for all goroutines.
//
// The error of a provider that has provided credentials before is
// [domaintask.Temporary], so that a Watch continues. Otherwise it is not, so that a
// misconfigured program fails at its start.
//
// # Secrecy
//
// The metadata service, and credentials URIs over http, are called without a proxy, the
// latter only within private networks. Everything else is called over https, through
// HTTPS_PROXY if that is set. Redirects are not followed. Errors match
// [domaintask.ErrCredentials], are one line, and hold no secret, no content of a file, no
// response and no query. Printing, logging or marshaling a provider never reveals its
// content.
package credentials
