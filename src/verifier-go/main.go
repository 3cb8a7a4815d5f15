// Popvote-verify-go verifies a whole election from its public log, without the program that ran it.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
	"popvote-verify-go/internal/strictjson"
	"popvote-verify-go/internal/verify"
)

const usage = `popvote-verify-go <url> <electionId> [options]

  --manifest M         the hash of the manifest as it was announced: 64 hexadecimal digits
  --publisher KEY      the key of the publisher as it was announced: 32 bytes in base64url
  --receipts KEY       the key of receipts as it was announced, likewise
  --deposits KEY       the key that signs ballots on paper as it was announced, likewise
  --log-key KEY        the key of the log as it was announced, likewise
  --checkpoints DIR    checkpoints that were saved earlier: the log must have grown from each
  --receipt FILE       a receipt that must be in the log; may be given several times
  --openings FILE      the online ballots that auditors may see
  --from FOLDER        read this copy of the log in place of the server
  --copy FOLDER        write each file that is read into an empty folder, for --from
  --json               the report for machines

Exit code: 0 verified, 1 not verified, 2 wrong arguments, 3 right so far but not final, 4 unreadable.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(arguments []string, out, problems io.Writer) int {
	options, asJSON, err := parse(arguments)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(out, usage)
		return verify.ExitVerified
	}
	if err != nil {
		fmt.Fprintf(problems, "%v\n\n%s", err, usage)
		return verify.ExitUsage
	}
	report := verify.Run(options)
	if asJSON {
		_, _ = out.Write(report.JSON())
		for _, detail := range report.Unreadable {
			fmt.Fprintf(problems, "cannot be read: %s\n", detail)
		}
	} else {
		fmt.Fprint(out, report.Text())
	}
	return report.Exit
}

// files collects a flag that may be repeated.
type files []string

func (f *files) String() string { return strings.Join(*f, " ") }
func (f *files) Set(name string) error {
	*f = append(*f, name)
	return nil
}

func parse(arguments []string) (verify.Options, bool, error) {
	options := verify.Options{Now: time.Now()}
	flags := flag.NewFlagSet("popvote-verify-go", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	manifest := flags.String("manifest", "", "")
	keys := map[string]*[]byte{"publisher": &options.Publisher, "receipts": &options.ReceiptsKey,
		"deposits": &options.DepositsKey, "log-key": &options.LogKey}
	for name, key := range keys {
		flags.Func(name, "", func(text string) error {
			value, ok := strictjson.Base64URL(text)
			if !ok || len(value) != 32 {
				return errors.New("takes 32 bytes in base64url")
			}
			*key = value
			return nil
		})
	}
	flags.StringVar(&options.Checkpoints, "checkpoints", "", "")
	flags.Var((*files)(&options.Receipts), "receipt", "")
	flags.StringVar(&options.Openings, "openings", "", "")
	flags.StringVar(&options.From, "from", "", "")
	flags.StringVar(&options.Copy, "copy", "", "")
	asJSON := flags.Bool("json", false, "")
	words, err := parseWords(flags, arguments)
	if err != nil {
		return options, false, err
	}
	flags.Visit(func(each *flag.Flag) {
		if each.Value.String() == "" && isText(each.Name) {
			err = fmt.Errorf("--%s has no value", each.Name)
		}
	})
	if err != nil {
		return options, false, err
	}
	if len(words) != 2 {
		return options, false, errors.New("name the address and the id of the election")
	}
	options.URL, options.ElectionID = words[0], words[1]
	if !record.IsElectionID(options.ElectionID) {
		return options, false, errors.New("the id of an election has letters, digits, _ and -")
	}
	if !strings.HasPrefix(options.URL, "http://") && !strings.HasPrefix(options.URL, "https://") {
		return options, false, errors.New("the address begins with https:// or http://")
	}
	if *manifest != "" {
		m, ok := record.ParseM(*manifest)
		if !ok {
			return options, false, errors.New("--manifest takes 64 hexadecimal digits")
		}
		options.M = &m
	}
	return options, *asJSON, filesExist(options)
}

// isText tells whether a flag has a text that is read later. An empty one, as of an empty variable, is no absent one.
func isText(name string) bool {
	return name == "manifest" || name == "checkpoints" || name == "openings" || name == "from" || name == "copy" || name == "receipt"
}

// filesExist looks for what was named to be compared with the record, and that a copy replaces nothing.
func filesExist(options verify.Options) error {
	if options.Copy != "" && !source.IsFree(options.Copy) {
		return errors.New("--copy takes a folder that is empty or not there")
	}
	files := slices.Clone(options.Receipts)
	if options.Openings != "" {
		files = append(files, options.Openings)
	}
	for _, name := range files {
		if err := isReadable(name); err != nil {
			return err
		}
	}
	if options.Checkpoints == "" {
		return nil
	}
	saved, err := os.ReadDir(options.Checkpoints)
	for _, each := range saved {
		name := filepath.Join(options.Checkpoints, each.Name())
		info, absent := os.Stat(name)
		if errors.Is(absent, fs.ErrNotExist) || absent == nil && info.IsDir() {
			continue
		}
		err = cmp.Or(err, isReadable(name))
	}
	return err
}

// isReadable says why a regular file cannot be read. A pipe or a device may never end.
func isReadable(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	return file.Close()
}

// parseWords reads flags before, between and after the other arguments.
func parseWords(flags *flag.FlagSet, arguments []string) ([]string, error) {
	var words []string
	for {
		if err := flags.Parse(arguments); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words = append(words, flags.Arg(0))
		arguments = flags.Args()[1:]
	}
}
