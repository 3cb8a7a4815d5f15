// A link to a batch, with the beginning of its id; the address has the whole id.
import { Link } from 'wouter-preact';
import { shortId } from '../batches/batch-table.tsx';

export function BatchLink({ id }: { readonly id: string }) {
  return (
    <Link href={`/batches/${encodeURIComponent(id)}`} title={id}>
      batch {shortId(id)}
    </Link>
  );
}
