// A batch by the beginning of its id; the whole id stands in the address.
import { Link } from 'wouter-preact';
import { shortId } from '../batches/batch-table.tsx';

export function BatchLink({ id }: { readonly id: string }) {
  return (
    <Link href={`/batches/${encodeURIComponent(id)}`} title={id}>
      batch {shortId(id)}
    </Link>
  );
}
