import { Input } from "antd";
import type { ReactElement } from "react";

interface PasswordFieldProps {
  label: string;
  /** Of the field, for programs that fill it in; with it goes what they are to fill in. */
  name: "password" | "current" | "new-password";
  large?: boolean;
  value: string;
  change: (value: string) => void;
}

/** A password that must be given, with its words. */
export function PasswordField({ label, name, large = false, value, change }: PasswordFieldProps): ReactElement {
  return (
    <label>
      <span>{label}</span>
      <Input.Password
        required
        size={large ? "large" : "middle"}
        name={name}
        autoComplete={name === "new-password" ? "new-password" : "current-password"}
        value={value}
        onChange={(event) => {
          change(event.target.value);
        }}
      />
    </label>
  );
}
