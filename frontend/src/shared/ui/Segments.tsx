interface SegmentsProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
}

/** A few mutually exclusive views of a list. */
export function Segments({ label, value, options, onChange }: SegmentsProps) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)} data-testid={`segment-${option || "all"}`}>
          {text}
        </button>
      ))}
    </div>
  );
}
