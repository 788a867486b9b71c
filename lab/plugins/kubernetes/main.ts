import { serve, type ProviderHandlers } from "../shared/server";
serve({ name: "kubernetes", version: "4.34.2", configure: () => Promise.resolve() } as unknown as ProviderHandlers);
