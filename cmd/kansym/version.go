package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of kansym and of Go",
		Args:  exactArgs(),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "kansym %s\n", version())
			return err
		},
	}
}

// version names the module version, the commit if the program was built in a
// working tree, and what it was built by and for.
func version() string {
	module, commit := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			module = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				commit = " " + s.Value[:12]
			case s.Key == "vcs.modified" && s.Value == "true" && commit != "":
				commit += "+changes"
			}
		}
	}
	return fmt.Sprintf("%s%s (%s %s/%s)", module, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
