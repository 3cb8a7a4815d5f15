// The note in place of an address, a QR code and a poster where the voters’ address is not set.
/** Where the public address is missing: the operator has to set it. */
export function NoAddress() {
  return (
    <p class="note warn">
      The panel does not know the public address of the voters’ page. Ask your operator to set{' '}
      <code>PANEL_VOTERS_ORIGIN</code>.
    </p>
  );
}
