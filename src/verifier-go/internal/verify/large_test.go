//go:build linux

package verify

import (
	"crypto/ed25519"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"popvote-verify-go/internal/record"
)

const (
	// largeMemory is the most memory that the verification of a million ballots may take, in kilobytes.
	largeMemory = 512 * 1024
	// largeCost is the most processor time for a ballot, in verifications of one Ed25519 signature.
	largeCost = 1.5
)

// TestALargeElection measures the program for so many ballots: POPVOTE_BALLOTS=1000000 go test -run Large -v -timeout 60m
func TestALargeElection(t *testing.T) {
	ballots, err := strconv.Atoi(os.Getenv("POPVOTE_BALLOTS"))
	if err != nil {
		t.Skip("POPVOTE_BALLOTS names no number of ballots")
	}
	e := newElectionOf(ballots, nil)
	folder := t.TempDir()
	for path, content := range e.publish() {
		writeFile(t, filepath.Join(folder, "log", path), content)
	}
	openings := writeFile(t, filepath.Join(folder, "openings"), e.onlineOpenings())
	program := filepath.Join(folder, "verify")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	arguments := []string{electionID, "--from", filepath.Join(folder, "log"), "--manifest", record.EncodeM(e.m)}
	for _, more := range [][]string{nil, {"--openings", openings}} {
		before := costOfSignature()
		command := exec.Command(program, append(arguments, more...)...)
		memory := peakMemory(t, command)
		signature := (before + costOfSignature()) / 2
		state := command.ProcessState
		cost := float64(state.UserTime()+state.SystemTime()) / float64(signature) / float64(ballots)
		t.Logf("%v: %v of processor time, %.2f signatures of %v for a ballot, %d kB", more, state.UserTime()+state.SystemTime(), cost, signature, memory)
		if more == nil && cost > largeCost || memory > largeMemory {
			t.Errorf("more than %.1f signatures for a ballot, or than %d kB", largeCost, largeMemory)
		}
	}
}

// peakMemory runs a command and gives its largest resident memory in kilobytes. The kernel's own maximum of a child is no
// less than that of this test when it started the child.
func peakMemory(t *testing.T, command *exec.Cmd) (most int64) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return most
		case <-look.C:
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", command.Process.Pid))
			_, rest, _ := strings.Cut(string(status), "VmHWM:")
			var peak int64
			if _, err := fmt.Sscan(rest, &peak); err == nil {
				most = max(most, peak)
			}
		}
	}
}

var printsSignature = flag.Bool("signature", false, "print the processor time of one verification, in nanoseconds")

// TestTheCostOfASignature is for a bench, which compares the program with it.
func TestTheCostOfASignature(t *testing.T) {
	if !*printsSignature {
		t.Skip("-signature is not given")
	}
	fmt.Printf("signature %d ns\n", costOfSignature().Nanoseconds())
}

// costOfSignature is the processor time of one verification.
func costOfSignature() time.Duration {
	const rounds = 5_000
	message := make([]byte, 100)
	signature := ed25519.Sign(signer("any"), message)
	key := public("any")
	start := processorTime()
	for range rounds {
		ed25519.Verify(key, message, signature)
	}
	return (processorTime() - start) / rounds
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
