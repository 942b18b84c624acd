import { Link } from "react-router";

import { useResource, useSession } from "../../api/queries";
import type { HomeFigure, HomeTask } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Money } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import "./home.css";
import { messages } from "./messages";
import { NextStep } from "./NextStep";
import { SupplierMoney } from "./SupplierMoney";

export default function HomePage() {
  const t = useText(messages);
  const session = useSession();
  const roles = session.data?.roles ?? [];
  const home = useResource("/api/v1/home", {}, roles.length > 0);
  const name = session.data?.person?.name;

  return (
    <Page title={name ? t("greeting", { name }) : t("greetingNobody")} lead={t("lead")}>
      {roles.length === 0 ? (
        <section className="card">
          <Empty title={t("noAccessTitle")} action={<Link to="/verify">{t("verify")}</Link>}>
            {t("noAccessText")}
          </Empty>
        </section>
      ) : (
        <Loaded query={home} hasData={home.data !== undefined}>
          {home.data && (
            <>
              <NextStep step={home.data.next_step} />
              <div className="home-grid">
                <Tasks tasks={home.data.tasks} />
                <Figures figures={home.data.figures} />
              </div>
              {roles.includes("supplier") && <SupplierMoney />}
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Tasks({ tasks }: { tasks: readonly HomeTask[] }) {
  const t = useText(messages);
  const code = useCodes();
  const open = tasks.filter((task) => task.count > 0);
  return (
    <Section title={t("tasksTitle")}>
      {open.length === 0 ? (
        <p className="muted">{t("noTasks")}</p>
      ) : (
        <ul className="task-list">
          {open.map((task) => (
            <li key={task.code} data-testid="home-task" data-code={task.code}>
              <Link to={task.link}>
                <span>{code("homeTask", task.code)}</span>
                <strong className="num">{task.count}</strong>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Figures({ figures }: { figures: readonly HomeFigure[] }) {
  const t = useText(messages);
  const code = useCodes();
  if (figures.length === 0) return null;
  return (
    <Section title={t("figuresTitle")}>
      <dl className="figure-list">
        {figures.map((figure) => (
          <div key={figure.code + (figure.currency ?? "")} data-testid="home-figure" data-code={figure.code}>
            <dt>{code("homeFigure", figure.code)}</dt>
            <dd>{figure.currency ? <Money value={String(figure.value)} currency={figure.currency} wan /> : formatExact(String(figure.value))}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
