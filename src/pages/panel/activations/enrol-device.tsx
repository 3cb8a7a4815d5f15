// A dialog that enrols a device: its name, and then the link to open on it, as text and as a QR code. The link is shown once.
import { useState } from 'preact/hooks';
import { deviceNameCharactersMax } from '../../../protocol/control/devices-api.ts';
import type { DeviceAnswer, DeviceRequest } from '../../../protocol/control/devices-api.ts';
import { callPanel } from '../calls.ts';
import { NoAddress } from '../elections/share/no-address.tsx';
import { deviceAddress, useInstallation } from '../elections/share/voter-addresses.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { TextField } from '../parts/field.tsx';
import { Loaded } from '../parts/page.tsx';
import { QrCode } from '../people/qr-code.tsx';
import { OneTimeSecret } from '../people/shown-once.tsx';
import { useAct, useRefresh } from '../remote.ts';

type Props = {
  readonly electionId: string;
  /** Empty in an election without stations. */
  readonly stationId: string;
  readonly onClose: () => void;
};

export function EnrolDevice(props: Props) {
  const { onClose } = props;
  const installation = useInstallation();
  const [link, setLink] = useState<string | null>(null);
  return (
    <Dialog title="Enrol a device" onClose={onClose}>
      {link === null ? (
        <Loaded of={installation}>
          {({ votersOrigin }) =>
            votersOrigin === null ? <NoAddress /> : <NameForm {...props} votersOrigin={votersOrigin} onLink={setLink} />
          }
        </Loaded>
      ) : (
        <DeviceLink link={link} onClose={onClose} />
      )}
    </Dialog>
  );
}

type FormProps = Props & { readonly votersOrigin: string; readonly onLink: (link: string) => void };

function NameForm({ electionId, stationId, votersOrigin, onLink, onClose }: FormProps) {
  const [name, setName] = useState('');
  const [showFaults, setShowFaults] = useState(false);
  const refresh = useRefresh();
  const isEmpty = name.trim() === '';
  const act = useAct(async () => {
    const body: DeviceRequest = { name: name.trim(), ...(stationId !== '' && { stationId }) };
    const path = `/v1/elections/${encodeURIComponent(electionId)}/devices`;
    const { data } = await callPanel<DeviceAnswer>('elections', path, { method: 'POST', body });
    onLink(deviceAddress(votersOrigin, electionId, data.secret));
    await refresh('elections');
  });
  const submit = (): void => {
    setShowFaults(true);
    if (!isEmpty) void act.run();
  };
  return (
    <DialogForm
      act={act}
      label="Enrol the device"
      links={{ 'body/name': 'device-name' }}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name of the device"
        hint="Such as Tablet 1, to know it from the others."
        id="device-name"
        autocomplete="off"
        maxLength={deviceNameCharactersMax}
        value={name}
        onValue={setName}
        fault={showFaults && isEmpty ? 'Enter a name.' : undefined}
      />
    </DialogForm>
  );
}

function DeviceLink({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  return (
    <>
      <p>
        Open this link on the device, in the browser that voters will use. The device says that it is enrolled. You
        cannot see the link again. Show it to no one: each browser that opens it is a device of this station.
      </p>
      <QrCode text={link} />
      <OneTimeSecret text={link} what="link" />
      <button type="button" class="primary" onClick={onClose}>
        Done
      </button>
    </>
  );
}
