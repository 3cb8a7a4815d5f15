// The size of the edge Redis, from the rate of votes that an installation promises and the bytes that a voter costs there.
// A test measures these bytes, and a bench the whole. With less memory than this, texts are refused at that rate.
import { textSecondsMax } from './verification-events.ts';

/** The rate that an installation promises, in votes per second. */
export const promisedVotesPerSecond = 1_000;
/** Most bytes for a voter who texts in, while the text is remembered: with the limits of a session. */
export const voterBytesMax = 400;
/** Most bytes for the name of a message, while repeated ones are known. */
export const messageBytesMax = 30;
/** Texts in the time in which repeated ones are known: 10,000 seconds at the promised rate. */
const messagesMax = promisedVotesPerSecond * 10_000;
/** Published documents (64 MB at most), health and connections, in bytes. */
const otherBytesMax = 128 * 1_048_576;

/** Part of its memory from which on a Redis is reported, as a warning. It is reached at the promised rate. */
export const redisMemoryWarnPart = 0.7;
/** Part from which on it is reported as failed. */
export const redisMemoryFailPart = 0.9;

/**
 * `maxmemory` of the edge Redis, in megabytes. Nothing is evicted (`noeviction`): a text that was acknowledged must not be
 * forgotten, and counts of guesses must not be. A full Redis refuses texts, which are kept and sent again.
 */
export const edgeMemoryMegabytes = Math.ceil(
  (promisedVotesPerSecond * textSecondsMax * voterBytesMax + messagesMax * messageBytesMax + otherBytesMax) /
    redisMemoryWarnPart /
    1_048_576,
);
