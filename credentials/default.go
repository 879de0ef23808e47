package credentials

import "github.com/domaintask/domaintask"

// Default provides the credentials of the first place that is configured, in the
// order of the official SDK:
//
//  1. the access key in ALIBABA_CLOUD_ACCESS_KEY_ID and _ACCESS_KEY_SECRET, with
//     ALIBABA_CLOUD_SECURITY_TOKEN if that is set;
//  2. the role ALIBABA_CLOUD_ROLE_ARN, with the OIDC token in
//     ALIBABA_CLOUD_OIDC_TOKEN_FILE and ALIBABA_CLOUD_OIDC_PROVIDER_ARN (RRSA);
//  3. the aliyun CLI's ~/.aliyun/config.json, or the file that
//     ALIBABA_CLOUD_CONFIG_FILE names: profile ALIBABA_CLOUD_PROFILE or the
//     current one, unless ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true;
//  4. ~/.alibabacloud/credentials, or the file that ALIBABA_CLOUD_CREDENTIALS_FILE
//     names: profile ALIBABA_CLOUD_PROFILE or "default";
//  5. the RAM role of the ECS instance, which ALIBABA_CLOUD_ECS_METADATA may name,
//     unless ALIBABA_CLOUD_ECS_METADATA_DISABLED is true;
//  6. the address in ALIBABA_CLOUD_CREDENTIALS_URI.
//
// Nothing is read or called before the first request.
//
// A place that is configured but cannot be used is an error that names it: no other
// place is used instead. Once a place has provided credentials, it is kept while it
// is configured. If its file is missing or cannot be read, the current credentials
// are used for another minute at most, and then it is an error. Switching the
// profile, or changing variables in the program, changes the identity at the next
// request. [WithLogger] logs that.
//
// If places 1 to 4 are not configured, the first request waits for up to a second
// to detect that the machine is no ECS instance. This is not checked again while a
// later place is in use, and otherwise in the background, after 5 seconds at first
// and after an hour at last.
func Default(opts ...Option) domaintask.CredentialsProvider {
	w := newWorld(opts)
	files := newFiles(w, "")
	machine := &machine{world: w}
	return newChain(w, []place{
		{"env", w.envPlace},
		{"oidc_role_arn", w.oidcPlace},
		{"cli_profile", files.cliPlace},
		{"profile", files.iniPlace},
		{"ecs_ram_role", machine.place},
		{"credential_uri", w.uriPlace},
	}, machine)
}

// Profile provides the credentials of a profile in the files of [Default]: the file
// of the aliyun CLI, and ~/.alibabacloud/credentials if the former has no such
// profile. If name is empty, it is the profile that Default uses. A profile that no
// file has is an error.
func Profile(name string, opts ...Option) domaintask.CredentialsProvider {
	w := newWorld(opts)
	files := newFiles(w, name)
	return newChain(w, []place{{"cli_profile", files.cliPlace}, {"profile", files.iniPlace}}, &machine{world: w})
}
