// Package source reads the files of a log: from a server, or from a folder with the same layout.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var (
	// ErrAbsent says that there is no such file.
	ErrAbsent = errors.New("no such file")
	// ErrTooLarge says that a file is larger than the reader takes.
	ErrTooLarge = errors.New("larger than a file of this kind can be")
)

// Source reads a file by its path under the prefix of a log, such as "tile/0/000". It returns at most `most` bytes. Where
// there are more, it returns one more and ErrTooLarge; where there is no file ErrAbsent; any other error where it cannot be read.
type Source interface {
	Read(path string, most int64) ([]byte, error)
}

// Folder is a source on this machine.
type Folder string

// Read a file of the folder.
func (f Folder) Read(path string, most int64) ([]byte, error) {
	return ReadFile(filepath.Join(string(f), filepath.FromSlash(path)), most)
}

// ReadFile reads a file of at most so many bytes. A pipe or a device is not read: it may never end.
func ReadFile(name string, most int64) ([]byte, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: %w", name, ErrAbsent)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: no regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAtMost(name, file, most)
}

// Copy is a source whose files are written into a folder as they are read.
type Copy struct {
	From   Source
	Folder string
}

// Read a file, and keep it if it was read to its end.
func (c Copy) Read(path string, most int64) ([]byte, error) {
	content, err := c.From.Read(path, most)
	if err != nil {
		return content, err
	}
	name := filepath.Join(c.Folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return nil, err
	}
	return content, nil
}

// IsFree tells whether a folder has no files, or is not there: a copy is of one record.
func IsFree(folder string) bool {
	files, err := os.ReadDir(folder)
	return err == nil && len(files) == 0 || errors.Is(err, fs.ErrNotExist)
}

func readAtMost(name string, from io.Reader, most int64) ([]byte, error) {
	bytes, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(bytes)) > most {
		return bytes, fmt.Errorf("%s: %w", name, ErrTooLarge)
	}
	return bytes, nil
}

const (
	// triesMax is how often a file is asked for before it counts as unreadable.
	triesMax = 4
	// answerTimeout is the longest wait for one answer, its body included.
	answerTimeout = 30 * time.Second
	// pause is the time before the second try; it doubles.
	pause = 500 * time.Millisecond
	// ReadersMax is how many files are asked for at the same time.
	ReadersMax = 8
	// redirectsMax is how many addresses one file may be moved through: as many as in browsers.
	redirectsMax = 20
)

// Server is a source on the net.
type Server struct {
	prefix string
	client *http.Client
}

// NewServer reads the files under an address such as https://vote.example.org/log/library-2026/….
func NewServer(prefix string) *Server {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = ReadersMax
	client := &http.Client{Timeout: answerTimeout, Transport: transport}
	client.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		if len(via) > redirectsMax {
			return errors.New("moved too often")
		}
		return nil
	}
	return &Server{strings.TrimSuffix(prefix, "/"), client}
}

// Read a file of the server.
func (s *Server) Read(path string, most int64) ([]byte, error) {
	var last error
	for try := 0; try < triesMax; try++ {
		if try > 0 {
			time.Sleep(pause << (try - 1))
		}
		bytes, err := s.ask(s.prefix+"/"+path, most)
		if err == nil || errors.Is(err, ErrAbsent) || errors.Is(err, ErrTooLarge) {
			return bytes, err
		}
		last = err
	}
	return nil, last
}

// ask once.
func (s *Server) ask(address string, most int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return readAtMost(address, answer.Body, most)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s: %w", address, ErrAbsent)
	}
	return nil, fmt.Errorf("%s: status %d", address, answer.StatusCode)
}
