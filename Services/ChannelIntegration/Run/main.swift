import ChannelIntegration
import Server

await ServiceProcess.main(ChannelIntegrationService.self)
