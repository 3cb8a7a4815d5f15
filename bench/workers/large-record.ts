// A worker that writes the record of a large election, whose memory ends with it.
import { serveCommands } from '../harness/child.ts';
import { writeLargeRecord } from '../harness/large-record.ts';

serveCommands({ write: writeLargeRecord });
