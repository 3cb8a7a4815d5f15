// Texts of the services, in which backticks mark names of services and settings. Those are shown as code.

export function ServiceText({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
