package credentials_test

import (
	"fmt"
	"log"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
)

// A program assumes a RAM role with the access key in its environment: nothing
// is asked before the first request.
func Example() {
	role, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().
		WithCredentialsProvider(sdk.NewEnvironmentVariableCredentialsProvider()).
		WithRoleArn("acs:ram::123456789012****:role/domain-reader").
		WithRoleSessionName("failed-tasks").
		Build()
	if err != nil {
		log.Fatal(err)
	}
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.FromSDK(role)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// On a developer's machine the CLI's profile is found, in a container the OIDC
// token of its service account, on an instance its RAM role.
func ExampleDefault() {
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.Default()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// The RAM role of an ECS instance, by name and with hardened metadata only.
func ExampleFromSDK() {
	role, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName("domain-reader").WithDisableIMDSv1(true).Build()
	if err != nil {
		log.Fatal(err)
	}
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.FromSDK(role)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// A RAM role that is assumed with whatever the default chain finds.
func ExampleToSDK() {
	role, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().
		WithCredentialsProvider(credentials.ToSDK(credentials.Default())).
		WithRoleArn("acs:ram::123456789012****:role/domain-reader").
		Build()
	if err != nil {
		log.Fatal(err)
	}
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.FromSDK(role)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}
