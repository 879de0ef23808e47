// Package credentials brings the official SDK's credentials providers to a
// domaintask.Client: [Default] is the chain of places that every Alibaba Cloud
// tool looks in, [FromSDK] is any provider of the SDK, such as one that assumes
// a RAM role; [ToSDK] is the way back, for what assumes it.
//
//	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.Default()})
//
// It is the only package of this module that imports the SDK
// (github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials): a program that
// does not import it does without. For an access key in the environment,
// domaintask.EnvCredentials is enough.
//
// # What is added
//
// The SDK's providers have no locks, no context, and faults of their own. Here:
//
//   - One goroutine at a time asks the SDK, and who comes meanwhile shares its
//     answer. Nothing is kept in front of the SDK's own cache, so that what
//     rotates is seen at the next request.
//   - A waiting caller leaves when its context ends. The SDK's call cannot be
//     interrupted: it goes on in its one goroutine, until the SDK's own time
//     limits end it, and serves who comes later.
//   - While the provider fails, or takes longer than a second, the credentials
//     that it gave last are used until half a minute before they expire; where
//     that is not known, for 2½ minutes after it was asked for them. It is then
//     asked once a second.
//   - The error of a provider that has given credentials before is
//     [domaintask.Temporary]: a Watch goes on. That of one that never has is not,
//     so that a program that was set up wrong finds out at its start.
//   - A panic, credentials that are nil and credentials that lack a part are
//     errors.
//   - Errors are [domaintask.ErrCredentials] to errors.Is, in one line, and
//     quote no configuration file, no signed URL and no answer. Nothing is
//     printed, unless by the SDK's URI provider inside of another one: put
//     [ToSDK] there.
package credentials
