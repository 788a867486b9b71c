import { serve } from "../shared/server";
import { AwsHandlers } from "./handlers";

// The engine would print the SDK's advice on Node's version under some resource.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

serve(new AwsHandlers(process.env));
